import type { Delivery } from '@sightline/delivery'
import { createSpanEncoder, type Encoding } from '@sightline/otlp'

import { SERVER_SCOPE } from '../tracing/server-spans.ts'
import type { SpanSink } from '../tracing/spans.ts'
import { createServerSpanEncoder } from './server-span.ts'

/** Exports spans as OTLP. They are encoded at once, so that the queue holds bytes, not objects. */
export function otlpSpans(
  delivery: Delivery,
  options: { readonly encoding: Encoding; readonly valueLimit: number | undefined },
): SpanSink {
  const encodeRequest = createServerSpanEncoder(SERVER_SCOPE, options)
  const encodeSpan = createSpanEncoder(options)
  const valued = { valuable: true }
  return {
    request: (record, details, valuable) =>
      delivery.push(encodeRequest(record, details), valuable ? valued : undefined),
    span: (span, scope, valuable) => delivery.push(encodeSpan(span, scope), valuable ? valued : undefined),
  }
}
