import { type Family, labelText } from '../../core/src/series/exposition.ts'

/** What has become of all that was handed over, in spans, records or points. `produced = delivered + dropped + queued`. */
export interface Ledger {
  readonly destination: string
  readonly signal: string
  readonly produced: number
  readonly delivered: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** What waits, is under way, or lies on disk. */
  readonly queued: number
  /** Bytes of memory that it takes. */
  readonly queuedBytes: number
}

/** The counts of one delivery. */
export class Tally {
  produced = 0
  delivered = 0
  readonly dropped: Record<string, number> = {}
  #droppedCount = 0

  /** What is neither waiting nor under way any more. */
  get settled(): number {
    return this.delivered + this.#droppedCount
  }

  drop(count: number, reason: string): void {
    this.#droppedCount += count
    this.dropped[reason] = (this.dropped[reason] ?? 0) + count
  }
}

/** What a scrape tells of deliveries. */
export function deliveryFamilies(ledgers: () => readonly Ledger[]): Family[] {
  // The families are written one after the other, with turns of the event loop between them. They add up because all of
  // them are written from what the first has found.
  let found: readonly Ledger[] = []
  const family = (
    name: string,
    type: Family['type'],
    help: string,
    value: (ledger: Ledger) => number,
  ): Family => ({
    name,
    type,
    help,
    *samples() {
      if (name === PRODUCED) found = ledgers()
      for (const ledger of found) yield sample(name, ledger, value(ledger))
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
        for (const ledger of found)
          for (const [reason, count] of Object.entries(ledger.dropped))
            yield sample('sightline_delivery_dropped_total', ledger, count, { reason })
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

const PRODUCED = 'sightline_delivery_produced_total'

function sample(
  name: string,
  { destination, signal }: Ledger,
  value: number,
  more: Readonly<Record<string, string>> = {},
): string {
  return `${name}{${labelText({ destination, signal, ...more })}} ${value}\n`
}
