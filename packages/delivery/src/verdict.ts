import type { Answer } from './answer.ts'

/** The consequence of an attempt for its batch. */
export type Verdict =
  /** The batch was accepted, except for `rejected` items. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly reason?: string | undefined }
  /** The batch is sent again, after `afterMs` if the destination gave a delay. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number }
  /** The batch is too large, and is sent again in parts. */
  | { readonly kind: 'split' }
  /** The destination will never accept the batch. */
  | { readonly kind: 'drop'; readonly reason: string; readonly why?: string | undefined }

/**
 * The retryable codes of OTLP. Other protocols use them alike.
 * https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
 */
const RETRYABLE = new Set([429, 502, 503, 504])
const REDIRECTS = new Set([301, 302, 307, 308])

/** Whether the destination accepted the batch. */
export function isTaken({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** The consequence of a response to a batch that was not accepted. */
export function verdictOf({ status, headers }: Answer): Verdict {
  if (status === 413) return { kind: 'split' }
  if (status >= 300 && status < 400) return { kind: 'drop', reason: 'redirected' }
  if (!RETRYABLE.has(status)) return { kind: 'drop', reason: `http_${status}` }
  const why = `it answers ${status}`
  const afterMs = retryAfterMs(headers['retry-after'], Date.now())
  return afterMs === undefined ? { kind: 'retry', why } : { kind: 'retry', why, afterMs }
}

/**
 * The target of a redirect: the same host and port, or the same host by https. No other target is followed,
 * since the request holds the destination's key and the service's data.
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
 * The delay of `Retry-After` in milliseconds, from seconds or a date (RFC 9110, section 10.2.3). `undefined`
 * for an invalid value.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
