import { createDeliveries, type Delivery, type DeliveryOptions, framed, type Ledger } from '../src/index.ts'
import { startSink, type TestSink } from './sink.ts'

/** The fixture of each test: a sink, deliveries to it, and their notices. */
export interface Kit {
  readonly sink: TestSink
  readonly messages: string[]
  readonly faults: string[]
  /** Opens a delivery with short times: hundredths of a second in place of seconds. */
  open(options?: Partial<DeliveryOptions>): Delivery
  close(): Promise<void>
}

/** JSON lines. */
export const lines = framed({ between: '\n', after: '\n' })

export async function startKit(): Promise<Kit> {
  const sink = await startSink()
  const messages: string[] = []
  const faults: string[] = []
  const deliveries = createDeliveries({
    log: ({ level, message }) => messages.push(`${level} ${message}`),
    fault: (source, error) => faults.push(`${source}: ${String(error)}`),
  })
  return {
    sink,
    messages,
    faults,
    open: (options = {}) =>
      deliveries.open({
        destination: 'test',
        signal: 'items',
        url: sink.url,
        type: 'application/x-ndjson',
        encode: lines,
        timeout: 60_000,
        batch: { age: 10 },
        retry: { first: 10, longest: 50 },
        ...options,
      }),
    async close() {
      await deliveries.close(0)
      await sink.close()
    },
  }
}

/** Pushes items with the ids `from` to `to`, each of about `bytes` bytes. */
export function pushItems(delivery: Delivery, from: number, to: number, bytes = 100, valuable = false): void {
  for (let id = from; id < to; id++) delivery.push(itemText(id, bytes), { valuable })
}

export function itemText(id: number, bytes: number): string {
  return JSON.stringify({ id, at: Date.now(), pad: 'x'.repeat(Math.max(0, bytes - 40)) })
}

/** The number of dropped items, for all reasons. */
export function droppedOf({ dropped }: Ledger): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

/** The imbalance of a ledger: always 0. */
export function unexplained(ledger: Ledger): number {
  return ledger.produced - ledger.delivered - droppedOf(ledger) - ledger.queued
}
