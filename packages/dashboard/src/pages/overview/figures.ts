import type { Lines } from '../../api/series.ts'

/** The three figures that are shown of services and of what they call. */
export type Figure = 'rate' | 'errors' | 'p95'

/** Seconds that a rate is computed over: services that export once a minute need two samples in it. */
const WINDOW_S = 120
/** The requests of services: counter, histogram, matchers of what was served, and of what failed. Exact metrics go before spans. */
const REQUESTS = [
  // Those of the kit over OTLP: its histogram of durations does not tell how requests ended.
  [
    'http_server_requests_total',
    'http_server_request_duration_seconds',
    '',
    'http_response_status_code=~"5.."',
  ],
  [
    'http_server_request_duration_seconds_count',
    'http_server_request_duration_seconds',
    '',
    'http_response_status_code=~"5.."',
  ],
  ['http_requests_total', 'http_request_duration_seconds', '', 'status=~"5.."'],
  [
    'traces_spanmetrics_calls_total',
    'traces_spanmetrics_duration_seconds',
    'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"',
    'status_code="STATUS_CODE_ERROR"',
  ],
] as const

/** The expression for a figure of all services, by `job`, or of one. */
export function serviceQuery(figure: Figure, step: number, job?: string): string {
  const window = windowOf(step)
  const chosen = job === undefined ? '' : `job=${JSON.stringify(job)},`
  const each = REQUESTS.map(([count, duration, matchers, failed]) => {
    const served = chosen + matchers
    const all = `sum by (job) (rate(${count}{${served}}${window}))`
    if (figure === 'rate') return all
    if (figure === 'p95') return p95(`sum by (job, le) (rate(${duration}_bucket{${served}}${window}))`)
    const failures = [chosen.slice(0, -1), matchers, failed].filter((part) => part !== '').join(',')
    return `(sum by (job) (rate(${count}{${failures}}${window})) or 0 * ${all}) / (${all} > 0)`
  })
  return each.map((query) => `(${query})`).join(' or ')
}

/** The expression for a figure of calls, by the `server` that is called. */
export function callQuery(figure: Figure, step: number): string {
  const window = windowOf(step)
  const name = 'traces_service_graph_request'
  const all = `sum by (server) (rate(${name}_total${window}))`
  if (figure === 'rate') return all
  if (figure === 'p95') return p95(`sum by (server, le) (rate(${name}_server_seconds_bucket${window}))`)
  return `(sum by (server) (rate(${name}_failed_total${window})) or 0 * ${all}) / (${all} > 0)`
}

const windowOf = (step: number) => `[${Math.max(WINDOW_S, 4 * step)}s]`
const p95 = (buckets: string) => `histogram_quantile(0.95, ${buckets})`

/** The lines of an answer by one of their labels. */
export const linesBy = (
  label: string,
  lines: Lines | undefined,
): ReadonlyMap<string, ReadonlyArray<number | null>> =>
  new Map(lines?.lines.map(({ labels, values }) => [labels[label] ?? '', values]))

/** Values that a usual range needs. */
const LEAST = 5
/** A figure has left its usual range if it is this much above or below. */
const FAR = 1.25
/** Below these, figures are noise. */
const NOISE: Readonly<Record<Figure, number>> = { rate: 0.05, errors: 0.005, p95: 0.002 }
/** Shares of failures from which on the hub calls a service degraded, and failing. */
export const DEGRADED = 0.01
export const FAILING = 0.05
/** From this multiple on, a duration is abnormal. */
export const ABNORMAL = 3

/**
 * What a figure was, if it has left the range in which it was in the first half of its line.
 *
 * @returns the middle of that range, or `undefined`
 */
export function wasOf(
  figure: Figure,
  now: number | null | undefined,
  values: ReadonlyArray<number | null> | undefined,
): number | undefined {
  const half = values?.slice(0, Math.floor(values.length / 2)) ?? []
  const before = half.filter((value) => value !== null).toSorted((a, b) => a - b)
  if (now === null || now === undefined || before.length < LEAST) return undefined
  const at = (part: number) => before[Math.round(part * (before.length - 1))] ?? 0
  const [low, high] = [at(0.05) / FAR - NOISE[figure], at(0.95) * FAR + NOISE[figure]]
  return now < low || now > high ? at(0.5) : undefined
}
