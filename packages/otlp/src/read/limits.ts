import type { ReaderLimits } from './reader.ts'

/** The limits of a reader, complete. */
export interface Limits {
  readonly valueBytes: number
  readonly bodyBytes: number
  readonly attributes: number
  readonly events: number
  readonly links: number
  readonly items: number
}

/** Fills in the defaults. Those of the counts are the limits of OpenTelemetry's SDKs. */
export function limitsOf({
  valueBytes = 16_384,
  bodyBytes = 65_536,
  attributes = 128,
  events = 128,
  links = 128,
  items = 250_000,
}: ReaderLimits): Limits {
  return { valueBytes, bodyBytes, attributes, events, links, items }
}

/**
 * Nesting of values that is still read. One level of values takes up to three levels of messages. Deeper values are refused, so
 * that recursion is bounded.
 */
export const MAX_DEPTH = 64
