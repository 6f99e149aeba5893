/**
 * W3C Trace Context, level 2: https://www.w3.org/TR/trace-context-2/
 */
import { randomHex } from './random.ts'

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
  /** The vendors' list, passed on as it came. */
  readonly state: string | undefined
}

/** The two headers as node hands them over: a string, or the list of a header that came more than once. */
export interface TraceHeaders {
  readonly traceparent?: string | readonly string[] | undefined
  readonly tracestate?: string | readonly string[] | undefined
}

const DASH = 45
const MAX_STATE_LENGTH = 8_192
const MAX_STATE_MEMBERS = 32
const ZERO_TRACE = '0'.repeat(32)
const ZERO_SPAN = '0'.repeat(16)
/** Key and value of one list member: https://www.w3.org/TR/trace-context-2/#list */
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Continues the trace that the headers carry, or starts one where they carry none or a malformed one. */
export function continueTrace(headers: TraceHeaders): TraceContext {
  const parent = headers.traceparent
  if (typeof parent !== 'string' || !isTraceparent(parent)) return startTrace()
  return {
    traceId: parent.slice(3, 35),
    spanId: randomHex(8),
    parentId: parent.slice(36, 52),
    sampled: (hexDigit(parent.charCodeAt(54)) & 1) === 1,
    state: headers.tracestate === undefined ? undefined : tracestate(headers.tracestate),
  }
}

/** Starts a trace. Nobody records it until somebody decides to, so it is not sampled. */
export function startTrace(): TraceContext {
  return {
    traceId: randomHex(16),
    spanId: randomHex(8),
    parentId: undefined,
    sampled: false,
    state: undefined,
  }
}

/** The `traceparent` header that makes the receiver a child of `trace`. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
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

/** The list with its empty members left out, or `undefined` where a member is malformed or there are too many. */
function tracestate(header: string | readonly string[]): string | undefined {
  const text = typeof header === 'string' ? header : header.join(',')
  if (text.length > MAX_STATE_LENGTH) return undefined
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '')
  if (members.length === 0 || members.length > MAX_STATE_MEMBERS) return undefined
  const keys = new Set<string>()
  for (const member of members) {
    if (!STATE_MEMBER.test(member)) return undefined
    keys.add(member.slice(0, member.indexOf('=')))
  }
  return keys.size === members.length ? members.join(',') : undefined
}
