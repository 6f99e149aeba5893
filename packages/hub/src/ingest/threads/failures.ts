import type { PlainRefusal } from '../refusal.ts'

/** Primary result codes of SQLite: https://sqlite.org/rescode.html */
const SQLITE_FULL = 13

const RETRY_AFTER = 10

/** Says what a client is told when its request could not be stored. */
export function refusalFor(error: unknown): PlainRefusal {
  const code = property(error, 'errcode')
  if (property(error, 'code') === 'ENOSPC' || (typeof code === 'number' && (code & 0xff) === SQLITE_FULL))
    return {
      status: 503,
      reason: 'disk_full',
      message: 'The disk of the hub is full.',
      retryAfter: RETRY_AFTER,
    }
  // Any other error of SQLite or of the file system, which has a call that failed.
  if (code !== undefined || property(error, 'syscall') !== undefined)
    return {
      status: 503,
      reason: 'disk_error',
      message: 'The hub cannot write to its disk.',
      retryAfter: RETRY_AFTER,
    }
  return { status: 500, reason: 'internal', message: 'The hub failed to store this request.' }
}

function property(error: unknown, name: 'code' | 'errcode' | 'syscall'): unknown {
  return error instanceof Error && name in error ? Reflect.get(error, name) : undefined
}
