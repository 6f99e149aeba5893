import type { Context } from '../evaluate/context.ts'
import { Outputs, put, type Steps, type StepSeries } from '../evaluate/series.ts'
import type { Call } from '../parse/expression.ts'
import { bucketQuantile } from './bucket-quantile.ts'
import { parsedFloat } from './parsed-float.ts'

const BUCKET_LABEL = 'le'
const WITHOUT_BUCKET: ReadonlySet<string> = new Set([BUCKET_LABEL])

/** A bucket of a histogram: a series, and how large a value may be to be counted in it. */
interface Bucket {
  readonly bound: number
  readonly series: StepSeries
}

/** `histogram_quantile` of classic histograms, whose buckets are series with a label `le`. */
export async function histogramQuantiles(
  context: Context,
  { args: [rank, vector] }: Call,
  steps: Steps,
): Promise<StepSeries[]> {
  if (rank === undefined || vector === undefined) return []
  const ranks = await context.scalar(rank, steps)
  const buckets: Bucket[] = []
  for (const series of await context.vector(vector, steps)) {
    const bound = parsedFloat(series.labels.get(BUCKET_LABEL))
    if (bound !== undefined) buckets.push({ bound, series })
  }
  const histograms = Map.groupBy(buckets, ({ series }) => series.labels.without(WITHOUT_BUCKET).key)

  const outputs = new Outputs(steps, context.budget)
  for (const unsorted of histograms.values()) {
    const histogram = unsorted.toSorted((a, b) => a.bound - b.bound)
    const labels = histogram[0]?.series.labels.without(WITHOUT_BUCKET).nameless()
    if (labels === undefined) continue
    const output = outputs.series(labels)
    const bounds = new Float64Array(histogram.length)
    const counts = new Float64Array(histogram.length)
    for (let step = 0; step < steps.count; step++) {
      if (context.budget.isDue(histogram.length)) await context.budget.pause()
      const size = coalesced(histogram, step, bounds, counts)
      if (size > 0)
        put(
          output,
          step,
          bucketQuantile(ranks[step] ?? NaN, bounds.subarray(0, size), counts.subarray(0, size)),
        )
    }
  }
  return outputs.finished()
}

/** Writes the buckets of a step, those with the same bound as one, and returns their number. */
function coalesced(
  histogram: readonly Bucket[],
  step: number,
  bounds: Float64Array,
  counts: Float64Array,
): number {
  let size = 0
  for (const { bound, series } of histogram) {
    if (series.present[step] === 0) continue
    const count = series.values[step] ?? NaN
    if (size > 0 && bounds[size - 1] === bound) {
      counts[size - 1] = (counts[size - 1] ?? NaN) + count
      continue
    }
    bounds[size] = bound
    counts[size] = count
    size++
  }
  return size
}
