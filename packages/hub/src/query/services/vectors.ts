import { memorySource, queryInstant, queryRange, type SeriesSource } from '@sightline/promql'

import type { Labels } from '../../store/samples.ts'
import { optionsOf } from '../tasks/promql-tasks.ts'
import type { TaskContext } from '../tasks/task.ts'

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Evaluates an expression at one time, in milliseconds since 1970. */
export function vector(context: TaskContext, query: string, time: number): Promise<readonly Sample[]> {
  return samplesOf(context.reader, query, { time, ...optionsOf(context) })
}

async function samplesOf(
  source: SeriesSource,
  query: string,
  options: Parameters<typeof queryInstant>[2],
): Promise<readonly Sample[]> {
  const { resultType, result } = await queryInstant(source, query, options)
  if (resultType !== 'vector') return []
  return result.map(({ metric, value: [, text] }) => ({ labels: metric, value: numberOf(text) }))
}

/** A series of a range query: a value for each step, `null` where it has none. */
export interface Trend {
  readonly labels: Labels
  readonly values: readonly (number | null)[]
}

/** Evaluates an expression at a number of equal steps, of which the last is at `end`. */
export async function trends(
  context: TaskContext,
  query: string,
  { end, step, count }: { readonly end: number; readonly step: number; readonly count: number },
): Promise<readonly Trend[]> {
  const start = end - (count - 1) * step
  const { result } = await queryRange(context.reader, query, { start, end, step, ...optionsOf(context) })
  return result.map(({ metric, values: samples }) => {
    const values = Array.from({ length: count }, (): number | null => null)
    for (const [time, text] of samples)
      values[Math.round((time * 1000 - start) / step)] = finite(numberOf(text))
    return { labels: metric, values }
  })
}

/**
 * Quantiles of histograms. The buckets are rates by `le` and other labels. They are evaluated by PromQL itself, over the small result,
 * so that the store is read once for all quantiles.
 */
export async function quantiles(
  buckets: readonly Sample[],
  wanted: readonly number[],
): Promise<readonly (readonly Sample[])[]> {
  const source = memorySource(
    buckets.map(({ labels, value }) => ({
      labels: { ...labels, __name__: 'b' },
      times: Float64Array.of(0),
      values: Float64Array.of(value),
    })),
  )
  return Promise.all(
    wanted.map(async (quantile) => samplesOf(source, `histogram_quantile(${quantile}, b)`, { time: 0 })),
  )
}

/** `null` for NaN and infinite values, which JSON does not have. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

/** The number of a sample in a result. */
export function numberOf(text: string): number {
  if (text === '+Inf') return Infinity
  return text === '-Inf' ? -Infinity : Number(text)
}

/** A text as a string of PromQL. */
export function quote(text: string): string {
  return JSON.stringify(text)
}

/** A regular expression of RE2 that matches one of the texts. */
export function oneOf(texts: readonly string[]): string {
  return quote(texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'))
}
