import type { RequestRecord } from '../seam.ts'

/** Error class names that may be label values: a name, not a sentence. */
const ERROR_NAME = /^[A-Za-z_$][\w$.]{0,63}$/

/** Errors of node, body parsers and clients after a response was closed. They are consequences, not failures. */
const ABORT_CODES = new Set<unknown>([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP2_INVALID_STREAM',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
])

/**
 * Whether the service failed. A handler that throws after a good status failed, even if the client only sees
 * a broken connection. A handler that throws an error for the client (404, 422) did not fail.
 */
export function hasFailed({ outcome, status = 0, error }: RequestRecord): boolean {
  if (outcome === 'broken') return true
  const thrown = error !== undefined && !(outcome === 'aborted' && isAbort(error))
  return status >= 500 || (thrown && status < 400)
}

/** Whether a request neither failed nor was aborted. */
export function wentWell(record: RequestRecord): boolean {
  return record.outcome !== 'aborted' && !hasFailed(record)
}

/** `error.type`: the class of the error, else the status, `broken` or `aborted`. Empty if the request went well. */
export function errorTypeOf(record: RequestRecord): string {
  const { outcome, status, error } = record
  if (!hasFailed(record)) return outcome === 'aborted' ? outcome : ''
  if (error !== undefined) return classOf(error)
  return outcome === 'broken' ? outcome : String(status)
}

function classOf(error: unknown): string {
  try {
    const name = error instanceof Error ? error.constructor?.name : typeof error
    return typeof name === 'string' && ERROR_NAME.test(name) ? name : '_OTHER'
  } catch {
    return '_OTHER'
  }
}

/** Whether an error reports a closed response. Reads an error of unknown origin: its getters may throw. */
export function isAbort(error: unknown): boolean {
  try {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
    return ABORT_CODES.has(code) || name === 'AbortError'
  } catch {
    return false
  }
}
