import type { RequestRecord } from '../seam.ts'

/**
 * How long a client had to wait, in milliseconds: to the end of the response, or to its first byte where it is a stream.
 * An event stream that lives for an hour is not slow.
 */
export function latencyMs({ streamed, ttfbMs, durationMs }: RequestRecord): number {
  return streamed ? (ttfbMs ?? durationMs) : durationMs
}
