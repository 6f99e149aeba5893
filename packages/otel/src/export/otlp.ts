import type { Deliveries, Delivery, SpoolOptions } from '@sightline/delivery'
import { type Attributes, createBatchEncoder, readReason, readVerdict, type Signal } from '@sightline/otlp'

import type { SignalSettings } from '../settings.ts'

/** The destination of OTLP. */
export interface OtlpSetup {
  readonly deliveries: Deliveries
  readonly spool: SpoolOptions | undefined
  /** Read when the first batch is sent: by then a Sightline has set the service name. */
  readonly resource: () => Attributes
}

/** Opens the delivery of one signal to a collector: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function openOtlp(
  signal: Signal,
  settings: SignalSettings,
  { deliveries, spool, resource }: OtlpSetup,
): Delivery {
  const { url, headers, encoding, compress, timeout, delay, batchItems } = settings
  let encode: ReturnType<typeof createBatchEncoder> | undefined
  return deliveries.open({
    destination: 'otlp',
    signal,
    url,
    headers,
    type: encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    compress,
    timeout,
    batch: { age: delay, ...(batchItems !== undefined && { items: batchItems }) },
    // Cumulative metrics must arrive in order.
    ...(signal === 'metrics' && { requests: 1 }),
    ...(spool && { spool }),
    encode(items) {
      encode ??= createBatchEncoder({ signal, encoding, resource: resource() })
      return encode(items).body
    },
    read(answer, count) {
      const { rejected, message } = readVerdict(answer.body, answer.headers['content-type'])
      if (rejected === 0) return undefined
      return { count: Math.min(rejected, count), ...(message !== undefined && { reason: message }) }
    },
    explain: (answer) => readReason(answer.body, answer.headers['content-type']),
  })
}
