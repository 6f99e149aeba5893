import { PromqlError } from './error.ts'
import { Budget } from './evaluate/budget.ts'
import type { Context } from './evaluate/context.ts'
import { evaluation } from './evaluate/evaluation.ts'
import { isRange, windowSamples } from './evaluate/range-selector.ts'
import { type LoadedSeries, loadedSeries } from './evaluate/samples.ts'
import { type Steps, stepsOf } from './evaluate/series.ts'
import { LabelSet } from './labels/label-set.ts'
import { typeName } from './parse/check-types.ts'
import type { Expression, VectorSelector } from './parse/expression.ts'
import { parse } from './parse/parse.ts'
import { typeOf } from './parse/types.ts'
import { prepared, unmarked } from './plan/invariant.ts'
import { selectionsOf } from './plan/selections.ts'
import {
  type InstantResult,
  type MatrixResult,
  matrixOf,
  samplesResult,
  scalarOf,
  scalarSeries,
  vectorOf,
} from './result/result.ts'
import type { SeriesSource } from './source.ts'

/**
 * How far an instant vector looks back for a sample, in milliseconds. A function gets the time, in milliseconds since 1970, that is
 * looked back from: a store that thins out old samples needs more there. It must not return less for an earlier time.
 */
export type Lookback = number | ((time: number) => number)

/** What an instant query and a range query have in common. */
export interface QueryOptions {
  /** How far an instant vector looks back for a sample, in milliseconds, or that by the time of a sample. Default: 300,000. */
  readonly lookback?: Lookback
  /** Samples that may be in memory at a time, read ones and computed ones. Default: 50,000,000. */
  readonly maxSamples?: number
  /** Milliseconds after which the query fails. Default: 120,000. */
  readonly timeout?: number
  /** Ends the query when it is aborted. */
  readonly signal?: AbortSignal
}

export interface InstantQuery extends QueryOptions {
  /** The time of the evaluation, in milliseconds since 1970. */
  readonly time: number
}

export interface RangeQuery extends QueryOptions {
  /** The first step, in milliseconds since 1970. */
  readonly start: number
  /** The time that no step exceeds, in milliseconds since 1970. */
  readonly end: number
  /** Milliseconds from one step to the next. */
  readonly step: number
}

/** Prometheus' limit: a minute's resolution for a week, an hour's for a year. */
const MAX_POINTS = 11_000

/**
 * Evaluates a query, parsed or not, at one time. The result has the shape of `data` in Prometheus' HTTP API. Rejects with
 * a `PromqlError` where Prometheus fails, and with the source's error where that fails.
 */
export async function queryInstant(
  source: SeriesSource,
  query: Expression | string,
  options: InstantQuery,
): Promise<InstantResult> {
  const time = Math.floor(options.time)
  const steps = stepsOf(time, time, 1)
  const expression = prepared(typeof query === 'string' ? parse(query) : query, time, time)
  const context = await begun(source, expression, steps, options)
  const inner = unmarked(expression)
  switch (typeOf(expression)) {
    case 'string':
      return { resultType: 'string', result: [time / 1000, inner.kind === 'string' ? inner.value : ''] }
    case 'scalar':
      return scalarOf(await context.scalar(expression, steps), time)
    case 'matrix':
      return samplesResult(isRange(inner) ? await windowSamples(context, inner, steps) : [])
    default:
      return vectorOf(await context.vector(expression, steps), time)
  }
}

/**
 * Evaluates a query, parsed or not, at each step of a time range. The result has the shape of `data` in Prometheus' HTTP
 * API. Rejects as `queryInstant` does, and where there are more than 11,000 steps.
 */
export async function queryRange(
  source: SeriesSource,
  query: Expression | string,
  options: RangeQuery,
): Promise<MatrixResult> {
  const steps = checkedSteps(options)
  const parsed = typeof query === 'string' ? parse(query) : query
  const type = typeOf(parsed)
  if (type !== 'scalar' && type !== 'vector')
    throw new PromqlError(
      'bad_data',
      `invalid expression type "${typeName(type)}" for range query, must be Scalar or instant Vector`,
    )
  const expression = prepared(parsed, steps.start, steps.end)
  const context = await begun(source, expression, steps, options)
  const series =
    type === 'scalar'
      ? [scalarSeries(await context.scalar(expression, steps))]
      : await context.vector(expression, steps)
  return matrixOf(series, steps)
}

function checkedSteps({ start, end, step }: RangeQuery): Steps {
  const invalid = (parameter: string, message: string) =>
    new PromqlError('bad_data', `invalid parameter "${parameter}": ${message}`)
  if (!(end >= start)) throw invalid('end', 'end timestamp must not be before start time')
  if (!(step >= 1))
    throw invalid(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  if (Math.floor((end - start) / step) > MAX_POINTS)
    throw new PromqlError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    )
  return stepsOf(Math.floor(start), Math.floor(end), Math.floor(step))
}

/** Selects the samples of a query and makes it ready for its evaluation. */
async function begun(
  source: SeriesSource,
  expression: Expression,
  steps: Steps,
  { lookback = 5 * 60_000, maxSamples = 50_000_000, timeout = 120_000, signal }: QueryOptions,
): Promise<Context> {
  const lookbackAt = typeof lookback === 'number' ? () => lookback : lookback
  const budget = new Budget({ maxSamples, timeout, signal })
  budget.check()
  const loaded = new Map<VectorSelector, readonly LoadedSeries[]>()
  for (const [selector, range] of selectionsOf(expression, steps, lookbackAt)) {
    const { matchers } = selector
    const { start, end } = range
    const selected = await source.select({ matchers, start, end, ...(signal !== undefined && { signal }) })
    const series: LoadedSeries[] = []
    for (const one of selected) {
      const loadedOne = loadedSeries(one, range)
      budget.take(loadedOne.times.length)
      series.push(loadedOne)
      if (budget.isDue(loadedOne.times.length)) await budget.pause()
    }
    loaded.set(
      selector,
      source.isOrdered === true ? series : series.toSorted((a, b) => LabelSet.compare(a.labels, b.labels)),
    )
    budget.check()
  }
  return evaluation({ budget, lookbackAt, loaded })
}
