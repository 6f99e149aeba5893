import { randomHex } from './random.ts'

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/

/** Whether a text is valid as a request id: short, and free of characters that break a log, a header or a shell. */
export function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && ACCEPTED.test(id)
}

/**
 * Makes the id generator of one Sightline. A random prefix of 64 bits keeps ids unique across processes and restarts, a
 * counter within the process. An id costs a third of a random UUID.
 */
export function requestIds(): () => string {
  const prefix = `${randomHex(8)}-`
  let count = 0
  return () => prefix + (++count).toString(36)
}
