import type { TraceContext } from '../seam.ts'
/** W3C Trace Context, level 2: https://www.w3.org/TR/trace-context-2/ */
import { randomHex } from './random.ts'
import { stateOf } from './trace-state.ts'

/** The two headers as node delivers them: a string, or a list if a header is repeated. */
export interface TraceHeaders {
  readonly traceparent?: string | readonly string[] | undefined
  readonly tracestate?: string | readonly string[] | undefined
}

const DASH = 45
const ZERO_TRACE = '0'.repeat(32)
const ZERO_SPAN = '0'.repeat(16)
const SAMPLED = 1
const RANDOM = 2
/** The text of the flags, by their sum. */
const FLAGS = ['00', '01', '02', '03'] as const

/** Continues the trace of the headers. Starts a new one if they are absent or malformed. */
export function continueTrace(headers: TraceHeaders): TraceContext {
  const parent = typeof headers.traceparent === 'string' ? headers.traceparent : onlyOf(headers.traceparent)
  if (parent === undefined || !isTraceparent(parent)) return startTrace()
  const flags = hexDigit(parent.charCodeAt(54))
  return {
    traceId: parent.slice(3, 35),
    spanId: randomHex(8),
    parentId: parent.slice(36, 52),
    sampled: (flags & SAMPLED) !== 0,
    random: (flags & RANDOM) !== 0,
    state: headers.tracestate === undefined ? undefined : stateOf(headers.tracestate),
  }
}

/** Starts a trace. It is not sampled until a sampler decides so. */
export function startTrace(): TraceContext {
  return {
    traceId: randomHex(16),
    spanId: randomHex(8),
    parentId: undefined,
    sampled: false,
    random: true,
    state: undefined,
  }
}

/** The `traceparent` header for a called service. It makes that service's span a child of `trace`. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${FLAGS[traceFlagsOf(trace)]}`
}

/** The sum of the flags that level 2 of the recommendation defines. */
export function traceFlagsOf({ sampled, random }: Pick<TraceContext, 'sampled' | 'random'>): 0 | 1 | 2 | 3 {
  if (sampled) return random ? 3 : 1
  return random ? 2 : 0
}

/** Whether the flags mark a trace id as random. OpenTelemetry's API has no name for this flag. */
export function isRandom(flags: number): boolean {
  return (flags & RANDOM) !== 0
}

/** The value of a header that is not repeated, from a carrier with lists of values. */
function onlyOf(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined
}

/**
 * Whether a header has the form `version-traceid-parentid-flags`. It is read by position: a regular expression costs
 * three times as much. A version above 00 may be longer, if a dash follows. Version ff is forbidden.
 */
function isTraceparent(header: string): boolean {
  if (header.length < 55) return false
  if (header.charCodeAt(2) !== DASH || header.charCodeAt(35) !== DASH || header.charCodeAt(52) !== DASH)
    return false
  if (!isHex(header, 0, 2) || !isHex(header, 3, 35) || !isHex(header, 36, 52) || !isHex(header, 53, 55))
    return false
  if (header.startsWith('ff')) return false
  if (header.length > 55 && (header.startsWith('00') || header.charCodeAt(55) !== DASH)) return false
  return !header.startsWith(ZERO_TRACE, 3) && !header.startsWith(ZERO_SPAN, 36)
}

function isHex(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (hexDigit(text.charCodeAt(i)) < 0) return false
  return true
}

/** The value of a lower-case hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : -1
}
