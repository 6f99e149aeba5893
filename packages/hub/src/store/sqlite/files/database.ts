import { existsSync, renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** What opening a file gives: the open database, or the reason why it cannot be used. */
export type Opened =
  | { readonly kind: 'open'; readonly db: DatabaseSync }
  | { readonly kind: 'missing' | 'damaged' }
  | { readonly kind: 'version'; readonly version: number }

/** What a kind of files is made of. */
export interface FileFormat {
  /** `user_version` of the files that this program reads and writes. */
  readonly version: number
  /** SQL that makes the tables. */
  readonly tables: string
}

/** How long a thread waits for the lock of another one, in milliseconds. */
const BUSY_MS = 5_000

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const BUSY = 5
const CORRUPT = 11
const CANTOPEN = 14
const NOTADB = 26

/**
 * Opens an existing file for reading. A file that disappears meanwhile is `missing`.
 * @throws for errors of the disk or of access.
 */
export function openForReading(path: string, format: FileFormat): Opened {
  if (!existsSync(path)) return { kind: 'missing' }
  return open(path, true, format)
}

/**
 * Opens a file for writing, and makes its tables where it is new. A commit is in the cache of the operating system when
 * `COMMIT` returns: it survives the end of the process at any moment. `NORMAL` also keeps the file intact at a power loss.
 * @throws for errors of the disk or of access.
 */
export function openForWriting(path: string, format: FileFormat): Opened {
  return open(path, false, format)
}

function open(path: string, readOnly: boolean, format: FileFormat): Opened {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly })
    // The option of the constructor came after Node.js 22.15.
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    const { version, isNew } = stateOf(db)
    if (isNew && readOnly) {
      // Its writer has not made its tables yet.
      db.close()
      return { kind: 'missing' }
    }
    if (!isNew && version !== format.version) {
      db.close()
      return { kind: 'version', version }
    }
    if (!readOnly) {
      useLog(db)
      db.exec(
        'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864',
      )
      if (isNew) createTables(db, format)
    }
    return { kind: 'open', db }
  } catch (error) {
    if (db?.isOpen) db.close()
    if (isDamage(error)) return { kind: 'damaged' }
    if (codeOf(error) === CANTOPEN && !existsSync(path)) return { kind: 'missing' }
    throw error
  }
}

/** Both are read at one moment, since another thread may be making the tables. */
function stateOf(db: DatabaseSync): { readonly version: number; readonly isNew: boolean } {
  const row = db
    .prepare(
      'SELECT (SELECT user_version FROM pragma_user_version) AS version, count(*) AS tables FROM sqlite_schema',
    )
    .get()
  const version = Number(row?.['version'])
  return { version, isNew: version === 0 && row?.['tables'] === 0 }
}

/**
 * Turns on the write-ahead log. SQLite itself does not wait for other connections to a new file.
 * @throws for errors of the disk, and if the file stays locked for 5 seconds.
 */
export function useLog(db: DatabaseSync): void {
  const until = Date.now() + BUSY_MS
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (codeOf(error) !== BUSY || Date.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

/** Makes the tables of a new file. Several threads may open the same new file: the first one to get its lock makes them. */
function createTables(db: DatabaseSync, { version, tables }: FileFormat): void {
  db.exec('BEGIN IMMEDIATE')
  if (stateOf(db).isNew) db.exec(`${tables}; PRAGMA user_version = ${version}`)
  db.exec('COMMIT')
}

/** Bytes in a file that are not what was written. */
export class DamageError extends Error {
  override readonly name = 'DamageError'
}

/** Whether an error says that the file is damaged. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true
  const code = codeOf(error)
  return code === CORRUPT || code === NOTADB
}

/** The primary result code of an error of SQLite. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}

/** The files that belong to a database. */
export const companions = ['', '-wal', '-shm'] as const

/**
 * Renames a database that cannot be used, with its companions: `x.db` becomes `x.db.damaged`. It is never deleted.
 * @returns the new path.
 */
export function setAside(path: string, reason: string): string {
  let target = `${path}.${reason}`
  for (let n = 2; existsSync(target); n++) target = `${path}.${reason}-${n}`
  for (const companion of companions) {
    // SQLite finds the log of a database by the name, so the companions keep their suffixes.
    if (existsSync(path + companion)) renameSync(path + companion, target + companion)
  }
  return target
}
