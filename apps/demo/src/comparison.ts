import type { HubCounts } from './hub-counts.ts'
import { type LogDigest } from './log-digest.ts'
import { sumOf } from './metrics-text.ts'
import { SERVICES, type ServiceName } from './services.ts'

/** A count from the sources that must agree. `undefined` where a source does not know it. */
export interface Comparison {
  readonly service: ServiceName
  readonly what: string
  /** Number of sent requests, from the visitors or from the calling service's log. */
  readonly sent: number | undefined
  readonly counted: number | undefined
  readonly logged: number
  readonly stored: number | undefined
  readonly agrees: boolean
}

/** The data of the comparison. */
export interface Evidence {
  /** Requests sent by visitors to the storefront. */
  readonly sentByVisitors: number
  /** The `/metrics` of each service once no request was in flight. */
  readonly metrics: Readonly<Record<ServiceName, string>>
  readonly logs: Readonly<Record<ServiceName, LogDigest>>
  /** Access events of the last checkout, by service. */
  readonly checkout: Readonly<Record<ServiceName, number>>
  /** What the hub stored. `undefined` without a hub. */
  readonly hub: Readonly<Record<ServiceName, HubCounts>> | undefined
}

/** Compares sent requests, metrics, logs and the hub, per service. */
export function compare({ sentByVisitors, metrics, logs, checkout, hub }: Evidence): Comparison[] {
  return SERVICES.flatMap((service) => {
    const caller = { storefront: undefined, orders: 'storefront', payments: 'orders' } as const
    const from = caller[service]
    const sent = from === undefined ? sentByVisitors : (logs[from].calls.get(service) ?? 0)
    const text = metrics[service]
    const log = logs[service]
    const stored = hub?.[service]
    const rows = [
      comparison(service, 'requests', {
        sent,
        counted: sumOf(text, 'http_requests_total'),
        logged: log.accessEvents,
        stored: stored?.requests,
      }),
      comparison(service, '  failed (5xx)', {
        counted: sumOf(text, 'http_requests_total', isFailed),
        logged: log.failed,
        stored: stored?.failed,
      }),
      comparison(service, '  client left', {
        counted: sumOf(text, 'http_requests_aborted_total'),
        logged: log.aborted,
        stored: stored?.aborted,
      }),
    ]
    if (stored === undefined) return rows
    return [
      ...rows,
      comparison(service, '  log events', { logged: log.accessEvents, stored: stored.accessEvents }),
      comparison(service, '  of one checkout', { logged: checkout[service], stored: stored.checkoutSpans }),
    ]
  })
}

function isFailed({ labels }: { labels: Readonly<Record<string, string>> }): boolean {
  return labels['status']?.startsWith('5') === true
}

function comparison(
  service: ServiceName,
  what: string,
  counts: { sent?: number; counted?: number; logged: number; stored?: number | undefined },
): Comparison {
  const { sent, counted, logged, stored } = counts
  const agrees = [sent, counted, stored].every((count) => count === undefined || count === logged)
  return { service, what, sent, counted, logged, stored, agrees }
}
