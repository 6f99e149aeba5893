import { bucketQuantile, queryInstant, queryRange } from '@sightline/promql'

import type { Labels } from '../../store/samples.ts'
import { optionsOf } from '../tasks/promql-tasks.ts'
import type { TaskContext } from '../tasks/task.ts'

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Evaluates an expression at one time, in milliseconds since 1970. */
export async function vector(context: TaskContext, query: string, time: number): Promise<readonly Sample[]> {
  const options = { time, ...optionsOf(context) }
  const { resultType, result } = await queryInstant(context.reader, query, options)
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

/** A histogram: its labels without `le`, and its buckets. */
interface Histogram {
  readonly labels: Labels
  readonly buckets: Array<{ readonly bound: number; count: number }>
}

/**
 * Quantiles of histograms, as `histogram_quantile` computes them. The buckets are rates by `le` and other labels, so that the store is read
 * once for all quantiles.
 */
export function quantiles(buckets: readonly Sample[], wanted: readonly number[]): (readonly Sample[])[] {
  const histograms = histogramsOf(buckets).map(({ labels, buckets: unsorted }) => {
    const sorted = unsorted.toSorted((a, b) => a.bound - b.bound)
    const bounds = Float64Array.from(sorted, ({ bound }) => bound)
    const counts = Float64Array.from(sorted, ({ count }) => count)
    return { labels, bounds, counts }
  })
  return wanted.map((rank) =>
    histograms.map(({ labels, bounds, counts }) => ({ labels, value: bucketQuantile(rank, bounds, counts) })),
  )
}

function histogramsOf(samples: readonly Sample[]): readonly Histogram[] {
  const histograms = new Map<string, Histogram>()
  for (const {
    labels: { le = '', ...labels },
    value,
  } of samples) {
    const bound = numberOf(le)
    if (le === '' || Number.isNaN(bound)) continue
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const histogram = histograms.get(key) ?? { labels, buckets: [] }
    histograms.set(key, histogram)
    // Processes write the same bound as `1` or as `1.0`.
    const same = histogram.buckets.find((bucket) => bucket.bound === bound)
    if (same === undefined) histogram.buckets.push({ bound, count: value })
    else same.count += value
  }
  return [...histograms.values()]
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
