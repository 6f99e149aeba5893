import type { OutboundCall } from '@sightline/core/telemetry'

/**
 * Sets a header of a trace on a call. What somebody has written by hand stays, unless it says the same of a place above:
 * then the call's own place takes it.
 */
export function setTraceHeader(call: OutboundCall, traceId: string, name: string, value: string): void {
  const parent = call.header('traceparent')
  // A list of vendors belongs to the trace that it came with.
  const isOurs = parent === undefined || parent.slice(3, 35) === traceId
  if (!isOurs && (name === 'traceparent' || name === 'tracestate')) return
  if (name !== 'traceparent' && call.header(name) !== undefined) return
  call.setHeader(name, value)
}
