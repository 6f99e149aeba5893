import type { Family, NumberFamily, NumberSeries } from '../series/family.ts'
import { labelled } from '../series/labels.ts'

/**
 * The account of one destination and signal: `produced = delivered + dropped + queued`. `Ledger` of
 * `@sightline/delivery` has this shape.
 */
export interface DeliveryAccount {
  readonly destination: string
  readonly signal: string
  readonly produced: number
  readonly delivered: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly queued: number
  readonly queuedBytes: number
}

/**
 * Makes the `sightline_delivery_*` metrics, which each destination adds to the scrape. The accounts of all families are
 * read in one turn of the event loop, so the numbers add up.
 */
export function deliveryFamilies(accounts: () => readonly DeliveryAccount[]): Family[] {
  const family = (
    name: string,
    type: NumberFamily['type'],
    help: string,
    value: (account: DeliveryAccount) => number,
  ): Family => ({
    name,
    type,
    help,
    series: () => accounts().map((account) => seriesOf(account, value(account))),
  })
  return [
    family(
      'sightline_delivery_produced_total',
      'counter',
      'What was handed over for delivery. It is the sum of delivered, dropped and queued.',
      ({ produced }) => produced,
    ),
    family(
      'sightline_delivery_delivered_total',
      'counter',
      'What its destination has accepted.',
      ({ delivered }) => delivered,
    ),
    {
      name: 'sightline_delivery_dropped_total',
      type: 'counter',
      help: 'What was given up, by reason.',
      series: () =>
        accounts().flatMap((account) =>
          Object.entries(account.dropped).map(([reason, count]) => seriesOf(account, count, { reason })),
        ),
    },
    family(
      'sightline_delivery_queued',
      'gauge',
      'What waits for its delivery, is under way, or lies on disk.',
      ({ queued }) => queued,
    ),
    family(
      'sightline_delivery_queued_bytes',
      'gauge',
      'Memory that the queue takes.',
      ({ queuedBytes }) => queuedBytes,
    ),
  ]
}

function seriesOf(
  { destination, signal }: DeliveryAccount,
  value: number,
  more: Readonly<Record<string, string>> = {},
): NumberSeries {
  return { ...labelled({ destination, signal, ...more }), value }
}
