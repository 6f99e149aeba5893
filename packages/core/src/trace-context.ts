/**
 * W3C Trace Context, level 2: https://www.w3.org/TR/trace-context-2/
 */
import { randomHex } from './random.ts'
import { stateOf } from './trace-state.ts'

/** The position of a request or job in a distributed trace. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits: this request's own span. */
  readonly spanId: string
  /** The caller's span; `undefined`: the trace starts here. */
  readonly parentId: string | undefined
  /** Whether the caller records this trace. */
  readonly sampled: boolean
  /** Whether the trace id is known to be random, so that every service can sample by it. Absent: it is not. */
  readonly random?: boolean
  /** The vendors' list, as it is passed on. */
  readonly state: string | undefined
}

/** The two headers as node hands them over: a string, or the list of a header that came more than once. */
export interface TraceHeaders {
  readonly traceparent?: string | readonly string[] | undefined
  readonly tracestate?: string | readonly string[] | undefined
}

const DASH = 45
const ZERO_TRACE = '0'.repeat(32)
const ZERO_SPAN = '0'.repeat(16)
const SAMPLED = 1
const RANDOM = 2
/** The flags that are written, by their sum. */
const FLAGS = ['00', '01', '02', '03'] as const

/** Continues the trace that the headers carry, or starts one where they carry none or a malformed one. */
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

/** Starts a trace. Nobody records it until somebody decides to, so it is not sampled. */
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

/** The `traceparent` header that makes the receiver a child of `trace`. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${FLAGS[traceFlagsOf(trace)]}`
}

/** The flags of a trace that this version of the recommendation knows, as their sum. */
export function traceFlagsOf({ sampled, random }: Pick<TraceContext, 'sampled' | 'random'>): 0 | 1 | 2 | 3 {
  if (sampled) return random ? 3 : 1
  return random ? 2 : 0
}

/** Whether flags say that a trace id is random. OpenTelemetry's API has no name for this one. */
export function isRandom(flags: number): boolean {
  return (flags & RANDOM) !== 0
}

/** The value of a header that came once, where its reader has lists of values. */
function onlyOf(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined
}

/**
 * Whether a header is `version-traceid-parentid-flags`. Read by position: a regular expression costs three times as
 * much. A version above 00 may be longer, if a dash follows; version ff is forbidden.
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
