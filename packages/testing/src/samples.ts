/** The samples of a scrape, by series: `http_requests_total{method="GET"}`. */
export type Samples = ReadonlyMap<string, number>

/** Parses the Prometheus text format. */
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
