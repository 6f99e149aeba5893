/** The samples of a scrape by their series: `http_requests_total{method="GET"}`. */
export type Samples = ReadonlyMap<string, number>

/** Reads the Prometheus text format. */
export function samplesIn(text: string): Samples {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const end = line.lastIndexOf(' ')
    samples.set(line.slice(0, end), Number(line.slice(end + 1).replace('Inf', 'Infinity')))
  }
  return samples
}

/**
 * What has changed from one scrape to the next, by how much. Without what changes by itself: the process, the host and
 * Sightline's own.
 */
export function changes(before: Samples, after: Samples): Readonly<Record<string, number>> {
  const changed: Record<string, number> = {}
  for (const [series, value] of after) {
    if (/^(?:process|nodejs|host|sightline)_/.test(series)) continue
    const difference = value - (before.get(series) ?? 0)
    // Sums of what is no whole number differ in their last digit.
    if (difference !== 0) changed[series] = Number(difference.toPrecision(12))
  }
  return changed
}
