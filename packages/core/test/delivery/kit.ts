import {
  createDeliveries,
  type Delivery,
  type DeliveryOptions,
  framed,
  type Ledger,
} from '../../src/delivery/index.ts'
import { startSink, type TestSink } from './sink.ts'

/** What every test here has: a sink, deliveries to it, and all that they said. */
export interface Kit {
  readonly sink: TestSink
  readonly messages: string[]
  readonly faults: string[]
  /** A delivery in quick motion: what takes seconds in life takes hundredths here. */
  open(options?: Partial<DeliveryOptions>): Delivery
  metrics(): string
  close(): Promise<void>
}

/** Lines of JSON. */
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
    metrics: () => deliveries.families.flatMap((family) => [...family.samples('prometheus')]).join(''),
    async close() {
      await deliveries.close(0)
      await sink.close()
    },
  }
}

/** Pushes the items of these numbers, each of about `bytes` bytes. */
export function pushItems(delivery: Delivery, from: number, to: number, bytes = 100, valuable = false): void {
  for (let id = from; id < to; id++) delivery.push(itemText(id, bytes), { valuable })
}

export function itemText(id: number, bytes: number): string {
  return JSON.stringify({ id, at: Date.now(), pad: 'x'.repeat(Math.max(0, bytes - 40)) })
}

/** What was dropped for any reason. */
export function droppedOf({ dropped }: Ledger): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

/** What the ledger leaves unexplained: nothing, ever. */
export function unexplained(ledger: Ledger): number {
  return ledger.produced - ledger.delivered - droppedOf(ledger) - ledger.queued
}
