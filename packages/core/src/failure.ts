import type { RequestRecord } from './seam.ts'

/** The names of error classes that may be label values: a name, not a sentence. */
const ERROR_NAME = /^[A-Za-z_$][\w$.]{0,63}$/

/** Errors that node makes of a client's leaving: no failure of the service. */
const ABORT_CODES = new Set<unknown>(['ECONNABORTED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/**
 * Whether the service has failed. A handler that throws after a good status has, even if all that the client sees is a
 * broken connection; one that throws what is meant for the client (404, 422) has not.
 */
export function hasFailed({ outcome, status = 0, error }: RequestRecord): boolean {
  const thrown = error !== undefined && !(outcome === 'aborted' && isAbort(error))
  return status >= 500 || (thrown && status < 400)
}

/** `error.type`: the class of what was thrown, the status where nothing was; empty where the request went well. */
export function errorTypeOf({ outcome, status, error }: RequestRecord): string {
  if (outcome === 'aborted') return 'aborted'
  const failed = status === undefined || status >= 500
  if (error !== undefined && (failed || status < 400)) {
    const name = error instanceof Error ? error.constructor?.name : typeof error
    return typeof name === 'string' && ERROR_NAME.test(name) ? name : '_OTHER'
  }
  return failed ? String(status) : ''
}

/** Whether an error says that a client has left. Read of an error that is not ours: its properties may be getters that throw. */
export function isAbort(error: unknown): boolean {
  try {
    return ABORT_CODES.has((error as { code?: unknown } | null)?.code)
  } catch {
    return false
  }
}
