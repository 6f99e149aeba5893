import { type Instrument, splitOf } from './instruments.ts'

/** Over how long rates are calculated: two exports that are a minute apart have to be in it. */
const WINDOW_S = 150

/** How a query is asked. */
export interface Asking {
  /** Seconds between two values. */
  readonly step: number
  /** Milliseconds by which the values are compared with earlier ones; 0: they are not. */
  readonly before: number
}

/** The label of a line that tells values of now from earlier ones. */
export const WHEN = 'when'

/** The expression for the chart of an instrument. Rates are per minute. */
export function chartQuery(instrument: Instrument, { step, before }: Asking): string {
  const { type, labels, ratio } = instrument
  const window = `${Math.max(WINDOW_S, 4 * step)}s`
  const split = splitOf(labels)
  const at = (offset: string) => expressionOf(instrument, window, offset)
  const isCompared = before > 0 && (ratio !== null || ((type === 'counter' || type === 'gauge') && !split))
  if (!isCompared) return at('')
  const marked = (text: string, when: string) => `label_replace(${text}, "${WHEN}", "${when}", "", "")`
  return `${marked(at(''), 'now')} or ${marked(at(` offset ${Math.round(before / 1_000)}s`), 'before')}`
}

function expressionOf(
  { name, type, unit, labels, ratio }: Instrument,
  window: string,
  offset: string,
): string {
  if (ratio !== null) return `${partOf(ratio.of, window, offset)} / (${partOf(ratio.to, window, offset)} > 0)`
  const split = splitOf(labels)
  const by = split === undefined ? '' : ` by (${split})`
  switch (type) {
    case 'counter':
      return `60 * sum${by} (rate(${name}[${window}]${offset}))`
    case 'histogram':
      return ['0.5', '0.95']
        .map(
          (q) =>
            `label_replace(histogram_quantile(${q}, sum by (le) (rate(${name}_bucket[${window}]${offset}))), "q", "${q}", "", "")`,
        )
        .join(' or ')
    case 'summary':
      return `avg by (quantile) (${name}${offset})`
    case 'gauge':
      return `${unit === '1' || name.endsWith('_ratio') ? 'avg' : 'sum'}${by} (${name}${offset})`
  }
}

/** A part of a ratio: a counter by its rate, anything else by its value. */
function partOf(selector: string, window: string, offset: string): string {
  const name = /^[\w:]+/.exec(selector)?.[0] ?? ''
  return /_(?:total|count|sum)$/.test(name)
    ? `sum(rate(${selector}[${window}]${offset}))`
    : `sum(${selector}${offset})`
}

/** The expression for the total of a counter or a distribution over some time. `undefined` where there is none. */
export function totalQuery({ name, type, ratio }: Instrument, seconds: number): string | undefined {
  const over = `[${Math.max(60, Math.round(seconds))}s]`
  if (ratio !== null) return undefined
  if (type === 'counter') return `sum(increase(${name}${over}))`
  return type === 'histogram' || type === 'summary' ? `sum(increase(${name}_sum${over}))` : undefined
}

/** The expression for a level by a label with many values: each with its pace per second, and the highest that it was. */
export const stockQuery = (name: string, label: string): string =>
  [
    ['level', `sum by (${label}) (${name})`],
    ['pace', `sum by (${label}) (deriv(${name}[15m]))`],
    ['peak', `max by (${label}) (max_over_time(${name}[6h]))`],
  ]
    .map(([what, query]) => `label_replace(${query}, "${WHEN}", "${what}", "", "")`)
    .join(' or ')

/** Requests of one route: p95 in seconds, and the share that failed. */
export function routeQueries(
  [service, method, route]: readonly [service: string, method: string, route: string],
  step: number,
): { readonly p95: string; readonly failed: string } {
  const window = `[${Math.max(WINDOW_S, 4 * step)}s]`
  const q = JSON.stringify
  const otel = `job=${q(service)},http_request_method=${q(method)},http_route=${q(route)}`
  const classic = `job=${q(service)},method=${q(method)},route=${q(route)}`
  const p95 = (metric: string, labels: string) =>
    `histogram_quantile(0.95, sum by (le) (rate(${metric}_bucket{${labels}}${window})))`
  const failed = (metric: string, labels: string, status: string) =>
    `(sum(rate(${metric}{${labels},${status}=~"5.."}${window})) or 0 * sum(rate(${metric}{${labels}}${window}))) / (sum(rate(${metric}{${labels}}${window})) > 0)`
  const [latest, before] = ['http_server_request_duration_seconds', 'http_request_duration_seconds']
  return {
    p95: `${p95(latest, otel)} or ${p95(before, classic)}`,
    failed: `${failed(`${latest}_count`, otel, 'http_response_status_code')} or ${failed('http_requests_total', classic, 'status')}`,
  }
}
