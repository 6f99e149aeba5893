import { type LogDigest } from './log-digest.ts'
import { sumOf } from './metrics-text.ts'
import { SERVICES, type ServiceName } from './services.ts'

/** One number, as those three know it who should agree on it. */
export interface Comparison {
  readonly service: ServiceName
  readonly what: string
  /** What was sent: by the visitors, or by the calling service as its log has it. `undefined`: they cannot know. */
  readonly sent: number | undefined
  readonly counted: number
  readonly logged: number
  readonly agrees: boolean
}

/** What there is to compare. */
export interface Evidence {
  /** Requests that the visitors sent to the storefront. */
  readonly sentByVisitors: number
  /** What each service's `/metrics` said when nothing was in progress any more. */
  readonly metrics: Readonly<Record<ServiceName, string>>
  readonly logs: Readonly<Record<ServiceName, LogDigest>>
}

/** Compares what was sent, what the metrics counted and what the logs tell, service by service. */
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
