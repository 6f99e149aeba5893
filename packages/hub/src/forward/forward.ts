import { createDeliveries, type Delivery, type DeliveryOptions } from '@sightline/delivery'
import { readReason } from '@sightline/otlp'

import type { BodyForm, Signal } from '../ingest/ingest.ts'
import type { Family } from '../own/families.ts'

/** Sends bodies on to a collector or another hub, as they came. */
export interface Forward {
  send(signal: Signal, body: Uint8Array, form: BodyForm): void
  /** Metrics of what was sent and lost. */
  readonly families: readonly Family[]
  close(deadlineMs: number): Promise<void>
}

const MIB = 1_048_576
/** Of one signal, encoding and compression. A body of more than a quarter of it is not sent on, and counted. */
const QUEUE_BYTES = 64 * MIB
const SPOOL_BYTES = 512 * MIB
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']
const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const

/**
 * Creates the forwarding to `<url>/v1/<signal>`. Each item of a delivery is a whole request. There is a delivery for each
 * signal, encoding and compression. During an outage of the destination, requests wait on disk.
 *
 * @param folder The folder for waiting requests
 * @throws {TypeError} for an invalid URL
 */
export function createForward(
  url: string,
  folder: string,
  log: (level: 'info' | 'warn' | 'error', message: string) => void,
): Forward {
  const base = URL.parse(url)
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new TypeError(
      `Sightline: forward is ${JSON.stringify(url)}, but must be a URL that begins with http:// or https://`,
    )
  const deliveries = createDeliveries({
    log: ({ level, message }) => log(level, message),
    fault: (source, error) => log('error', `${source}: ${String(error)}`),
  })
  const opened = new Map<string, Delivery>()
  for (const signal of SIGNALS)
    for (const encoding of ['protobuf', 'json'] as const)
      for (const gzip of [true, false]) {
        const form = { encoding, gzip }
        opened.set(keyOf(signal, form), deliveries.open(deliveryOptions(base, folder, signal, form)))
      }

  return {
    send: (signal, body, form) => opened.get(keyOf(signal, form))?.push(body),
    families: [
      {
        name: 'hub_forwarded_requests_total',
        type: 'counter',
        help: 'Requests that were sent on, and those that were given up.',
        samples: () =>
          deliveries.ledgers().flatMap(({ signal, delivered, dropped }) => [
            { suffix: '', labels: { signal, reason: 'delivered' }, value: delivered },
            ...Object.entries(dropped).map(([reason, value]) => ({
              suffix: '',
              labels: { signal, reason },
              value,
            })),
          ]),
      },
    ],
    close: (deadlineMs) => deliveries.close(deadlineMs),
  }
}

function deliveryOptions(base: URL, folder: string, signal: Signal, form: BodyForm): DeliveryOptions {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return {
    destination: `forward-${formName(form)}`,
    signal,
    url,
    type: TYPES[form.encoding],
    headers: form.gzip ? { 'content-encoding': 'gzip' } : {},
    compress: false,
    // With one item for each request, the items are the requests.
    batch: { items: 1, bytes: QUEUE_BYTES },
    encode: ([body = new Uint8Array(0)]) => body,
    maxBytes: QUEUE_BYTES,
    spool: { directory: folder, maxBytes: SPOOL_BYTES },
    explain: ({ body, headers }) => readReason(body, headers['content-type']),
  }
}

function formName({ encoding, gzip }: BodyForm): string {
  return `${encoding}${gzip ? '-gzip' : ''}`
}

function keyOf(signal: Signal, form: BodyForm): string {
  return `${signal} ${formName(form)}`
}
