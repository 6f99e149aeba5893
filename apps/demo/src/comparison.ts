import { type LogDigest } from './log-digest.ts'
import { sumOf } from './metrics-text.ts'
import { SERVICES, type ServiceName } from './services.ts'

/** A count from the three sources that must agree. */
export interface Comparison {
  readonly service: ServiceName
  readonly what: string
  /** Number of sent requests, from the visitors or from the calling service's log. `undefined` if unknown. */
  readonly sent: number | undefined
  readonly counted: number
  readonly logged: number
  readonly agrees: boolean
}

/** The data of the comparison. */
export interface Evidence {
  /** Requests sent by visitors to the storefront. */
  readonly sentByVisitors: number
  /** The `/metrics` of each service once no request was in flight. */
  readonly metrics: Readonly<Record<ServiceName, string>>
  readonly logs: Readonly<Record<ServiceName, LogDigest>>
}

/** Compares sent requests, metrics and logs per service. */
export function compare({ sentByVisitors, metrics, logs }: Evidence): Comparison[] {
  return SERVICES.flatMap((service) => {
    const caller = { storefront: undefined, orders: 'storefront', payments: 'orders' } as const
    const from = caller[service]
    const sent = from === undefined ? sentByVisitors : (logs[from].calls.get(service) ?? 0)
    const text = metrics[service]
    const log = logs[service]
    return [
      comparison(service, 'requests', sent, sumOf(text, 'http_requests_total'), log.accessEvents),
      comparison(
        service,
        '  failed (5xx)',
        undefined,
        sumOf(text, 'http_requests_total', isFailed),
        log.failed,
      ),
      comparison(
        service,
        '  client left',
        undefined,
        sumOf(text, 'http_requests_aborted_total'),
        log.aborted,
      ),
    ]
  })
}

function isFailed({ labels }: { labels: Readonly<Record<string, string>> }): boolean {
  return labels['status']?.startsWith('5') === true
}

function comparison(
  service: ServiceName,
  what: string,
  sent: number | undefined,
  counted: number,
  logged: number,
): Comparison {
  return { service, what, sent, counted, logged, agrees: counted === logged && (sent ?? counted) === counted }
}
