import type { DatabaseSync } from 'node:sqlite'

/** Runs `work` in one transaction, which is undone where `work` throws. */
export function writing<T>(database: DatabaseSync, work: () => T): T {
  return within(database, 'BEGIN IMMEDIATE', work)
}

/** Runs `read` in one transaction: all that it reads is of one moment, whatever is written meanwhile. */
export function reading<T>(database: DatabaseSync, read: () => T): T {
  return within(database, 'BEGIN', read)
}

function within<T>(database: DatabaseSync, begin: string, work: () => T): T {
  database.exec(begin)
  let result: T
  try {
    result = work()
    database.exec('COMMIT')
  } catch (error) {
    try {
      database.exec('ROLLBACK')
    } catch {
      // Some errors, such as a full disk, have ended the transaction already.
    }
    throw error
  }
  return result
}
