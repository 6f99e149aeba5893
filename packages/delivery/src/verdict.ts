import type { Answer } from './answer.ts'

/** What is to be done with a batch after an attempt. */
export type Verdict =
  /** It has arrived, except for so many of its items. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly reason?: string | undefined }
  /** It is tried again, after so many milliseconds where the destination has said so. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number }
  /** It is too large, and tried again in parts. */
  | { readonly kind: 'split' }
  /** It will never be taken. */
  | { readonly kind: 'drop'; readonly reason: string; readonly why?: string | undefined }

/** What OTLP calls retryable; others mean the same by it. https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE = new Set([429, 502, 503, 504])
const REDIRECTS = new Set([301, 302, 307, 308])

/** Whether an answer says that the batch was taken. */
export function isTaken({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** What an answer means for the batch that was not taken. */
export function verdictOf({ status, headers }: Answer): Verdict {
  if (status === 413) return { kind: 'split' }
  if (status >= 300 && status < 400) return { kind: 'drop', reason: 'redirected' }
  if (!RETRYABLE.has(status)) return { kind: 'drop', reason: `http_${status}` }
  const why = `it answers ${status}`
  const afterMs = retryAfterMs(headers['retry-after'], Date.now())
  return afterMs === undefined ? { kind: 'retry', why } : { kind: 'retry', why, afterMs }
}

/**
 * Where a redirect is followed to: the same host and port, or the same host by https. Nowhere else, for the request holds
 * what belongs to the destination: its key, and what we have seen.
 */
export function redirectOf({ status, headers }: Answer, from: URL): URL | undefined {
  if (!REDIRECTS.has(status) || headers.location === undefined) return undefined
  const to = URL.parse(headers.location, from.href)
  if (to === null) return undefined
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname
  if (to.origin !== from.origin && !isUpgrade) return undefined
  to.username = from.username
  to.password = from.password
  return to
}

/**
 * How long `Retry-After` asks to wait, in milliseconds: seconds or a date (RFC 9110, section 10.2.3). `undefined`: it says
 * nothing that makes sense.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
