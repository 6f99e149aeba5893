import type { Family, Series } from '@sightline/core/telemetry'

/** The samples of a scrape by their series: `http_requests_total{method="GET"}`. */
export type Samples = ReadonlyMap<string, number>

/** The samples of families, under the names that a scrape has for them. */
export async function samplesOf(families: AsyncIterable<Family>): Promise<Samples> {
  const samples = new Map<string, number>()
  for await (const family of families)
    for (const series of family.series())
      for (const [suffix, value, own = ''] of valuesOf(series)) {
        const inside = [series.labelText, own].filter((label) => label !== '').join(',')
        samples.set(`${family.name}${suffix}${inside === '' ? '' : `{${inside}}`}`, value)
      }
  return samples
}

type Value = readonly [suffix: string, value: number, label?: string]

/** The values of one series, each with what it adds to the name and to the labels. */
function valuesOf(series: Series): Value[] {
  if ('value' in series) return [['', series.value]]
  if ('quantiles' in series) {
    const { quantiles, sum, count } = series
    const values = quantiles.map(({ quantile, value }): Value => ['', value, `quantile="${quantile}"`])
    return [...values, ['_sum', sum], ['_count', count]]
  }
  let count = 0
  const buckets = [...series.bounds, '+Inf'].map((bound, index): Value => {
    count += series.inBucket(index)
    return ['_bucket', count, `le="${bound}"`]
  })
  return [...buckets, ['_sum', series.sum], ['_count', count]]
}

/**
 * The changes between two scrapes. Metrics that change by themselves are left out: the process, the host and
 * Sightline's own.
 */
export function changes(before: Samples, after: Samples): Readonly<Record<string, number>> {
  const changed: Record<string, number> = {}
  for (const [series, value] of after) {
    if (/^(?:process|nodejs|host|sightline)_/.test(series)) continue
    const difference = value - (before.get(series) ?? 0)
    // Rounds the difference: floating-point sums differ in their last digits.
    if (difference !== 0) changed[series] = Number(difference.toPrecision(12))
  }
  return changed
}
