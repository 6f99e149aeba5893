import { styleText } from 'node:util'

import type { Comparison } from './comparison.ts'
import type { LogLine } from './log-line.ts'
import { sumOf } from './metrics-text.ts'
import type { RunningService } from './service-process.ts'
import { type ServiceName, SERVICES } from './services.ts'
import { tableOf } from './table.ts'
import type { Tally } from './traffic/tally.ts'

/** The address, endpoints and log of each service. */
export function whereToLook(
  services: Readonly<Record<ServiceName, RunningService>>,
  hub: string | undefined,
): string[] {
  const rows = SERVICES.map((name) => {
    const { url, framework, log } = services[name]
    return [name, framework, url, log.file]
  })
  return [
    ...tableOf(['service', 'on', 'address', 'log'], rows),
    '',
    'Each answers /metrics, /stats and /health.',
    ...(hub === undefined ? [] : [`The dashboard with their traces, logs and metrics is at ${hub}`]),
  ]
}

/** The summary of the day, from the visitors' counts and the business metrics. */
export function dayInShort(tally: Tally, storefront: string, orders: string): string[] {
  const revenue = sumOf(orders, 'shop_revenue_euros_total')
  const refunds = sumOf(orders, 'shop_refunds_euros_total')
  const paid = sumOf(orders, 'shop_orders_total', ({ labels }) => labels['status'] === 'paid')
  const conversion = sumOf(storefront, 'shop_conversion_ratio')
  return [
    `${tally.visits} visits, ${tally.sent} requests, ${tally.ended('left')} of them given up on by impatient clients.`,
    `${paid} orders paid for ${euros(revenue)}, ${euros(refunds)} refunded; ${percent(conversion)} of the active users bought.`,
    `At the till: ${tally.checkouts('card_declined')} declined, ${tally.checkouts('out_of_stock')} out of stock, ` +
      `${tally.checkouts('payment_slow')} too slow, ${tally.checkouts('internal_error')} met the bug.`,
  ]
}

/** Whether visitors, metrics, logs and the hub agree. */
export function agreement(comparisons: readonly Comparison[]): string[] {
  const hasHub = comparisons.some(({ stored }) => stored !== undefined)
  const rows = comparisons.map(({ service, what, sent, counted, logged, stored, agrees }) => [
    what.startsWith(' ') ? '' : service,
    what,
    sent,
    counted,
    logged,
    ...(hasHub ? [stored] : []),
    agrees ? styleText('green', 'agree') : styleText('red', 'DISAGREE'),
  ])
  const heads = ['service', '', 'sent', 'in the metrics', 'in the log', ...(hasHub ? ['in the hub'] : []), '']
  return tableOf(heads, rows)
}

/** One checkout on its way through the services. */
export function journey(
  traceId: string,
  events: Readonly<Record<ServiceName, readonly LogLine[]>>,
  services: Readonly<Record<ServiceName, RunningService>>,
): string[] {
  const files = SERVICES.map((name) => services[name].log.file)
  const rows = SERVICES.flatMap((name) => events[name]).map(
    ({ service, method, route, status, duration_ms: duration }) => [
      service,
      method ?? '',
      route ?? 'unmatched',
      String(status ?? '-'),
      `${(duration ?? 0).toFixed(1)} ms`,
    ],
  )
  return [
    `One checkout through the services, by its trace id ${styleText('bold', traceId)}:`,
    '',
    ...tableOf(['service', 'method', 'route', 'status', 'duration'], rows),
    '',
    `Follow it yourself: grep -h ${traceId} ${files.join(' ')}`,
  ]
}

/** The final verdict on the numbers. */
export function verdict(comparisons: readonly Comparison[], tally: Tally): string {
  const lost = tally.ended('lost')
  const silence = lost > 0 ? ` ${lost} requests ended without an answer that nobody had given up on.` : ''
  const hasHub = comparisons.some(({ stored }) => stored !== undefined)
  const sources = hasHub ? 'Visitors, metrics, logs and hub' : 'Visitors, metrics and logs'
  return comparisons.every(({ agrees }) => agrees)
    ? styleText('green', `${sources} agree.${silence}`)
    : styleText('red', `${sources} do not agree.${silence}`)
}

function euros(amount: number): string {
  return `${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} €`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
