import type { RequestRecord } from '../seam.ts'

/**
 * The waiting time of a client in milliseconds: to the end of the response, or to the first byte of a stream.
 * An event stream that lives for an hour is not slow.
 */
export function latencyMs({ streamed, ttfbMs, durationMs }: RequestRecord): number {
  return streamed ? (ttfbMs ?? durationMs) : durationMs
}
