import { type Family, labelText } from '../series/exposition.ts'

/**
 * The account of one destination and signal: `produced = delivered + dropped + queued`. `Ledger` of `@sightline/delivery`
 * has this shape.
 */
export interface DeliveryAccount {
  readonly destination: string
  readonly signal: string
  readonly produced: number
  readonly delivered: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly queued: number
  /** Bytes of memory that the queue takes. */
  readonly queuedBytes: number
}

const PRODUCED = 'sightline_delivery_produced_total'

/** Makes the `sightline_delivery_*` metrics of a destination, which is what every destination adds to a scrape. */
export function deliveryFamilies(accounts: () => readonly DeliveryAccount[]): Family[] {
  // Families are written one after the other, with turns of the event loop in between. They add up because all of them
  // are written from what the first one has read.
  let read: readonly DeliveryAccount[] = []
  const family = (
    name: string,
    type: Family['type'],
    help: string,
    value: (account: DeliveryAccount) => number,
  ): Family => ({
    name,
    type,
    help,
    *samples() {
      if (name === PRODUCED) read = accounts()
      for (const account of read) yield sample(name, account, value(account))
    },
  })
  return [
    family(
      PRODUCED,
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
      *samples() {
        for (const account of read)
          for (const [reason, count] of Object.entries(account.dropped))
            yield sample('sightline_delivery_dropped_total', account, count, { reason })
      },
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

function sample(
  name: string,
  { destination, signal }: DeliveryAccount,
  value: number,
  more: Readonly<Record<string, string>> = {},
): string {
  return `${name}{${labelText({ destination, signal, ...more })}} ${value}\n`
}
