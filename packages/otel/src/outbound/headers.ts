import type { OutboundCall } from '@sightline/core/telemetry'

/**
 * Sets a trace header on an outbound call. A header set by the application stays, with one exception: a
 * `traceparent` of the same trace is replaced by the call's own.
 */
export function setTraceHeader(call: OutboundCall, traceId: string, name: string, value: string): void {
  const parent = call.header('traceparent')
  // `tracestate` belongs to the trace of its `traceparent`.
  const isOurs = parent === undefined || parent.slice(3, 35) === traceId
  if (!isOurs && (name === 'traceparent' || name === 'tracestate')) return
  if (name !== 'traceparent' && call.header(name) !== undefined) return
  call.setHeader(name, value)
}
