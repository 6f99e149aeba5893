import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { useLog } from '../files/database.ts'

/** Changes with every change of the tables or of what their blobs mean. */
const SCHEMA_VERSION = 1

/** SQLite's codes of errors. */
const CORRUPT = 11
const NOT_A_DATABASE = 26

/** How long a connection waits for a lock that another one holds for a moment, as at the end of a checkpoint. */
const BUSY_MS = 5_000

/**
 * - `series`: labels of a series as JSON; `first` and `last` are the times of its samples. `last` lags, see `SEEN_LAG_MS`.
 * - `label`, `posting`: the inverted index. A posting is a page of a label's series; its key is `label * 65536 + page`.
 * - `batch`: the samples of a commit, until they are transposed.
 * - `block`: the samples of the batches from `first_batch` to `last_batch`. `state`: see `BLOCK`.
 * - `progress`: the newest batch that is in a block.
 * - `chunk`: samples of a group of series in a block; its key is `block * 2^22 + group`.
 */
const TABLES = `
  CREATE TABLE series (id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, labels TEXT NOT NULL, job TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
  CREATE INDEX series_hash ON series (hash);
  CREATE TABLE label (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (name, value));
  CREATE TABLE posting (id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
  CREATE TABLE batch (id INTEGER PRIMARY KEY AUTOINCREMENT, base INTEGER NOT NULL, samples BLOB NOT NULL);
  CREATE TABLE block (id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, first_batch INTEGER NOT NULL, last_batch INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, level INTEGER NOT NULL, resolution INTEGER NOT NULL, samples INTEGER NOT NULL);
  CREATE TABLE chunk (id INTEGER PRIMARY KEY, samples BLOB NOT NULL);
  CREATE TABLE progress (transposed INTEGER NOT NULL);
  INSERT INTO progress VALUES (0);
  CREATE TABLE exemplar (id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL, labels TEXT NOT NULL);
  CREATE INDEX exemplar_series ON exemplar (series, time);
  CREATE TABLE metadata (name TEXT PRIMARY KEY, type TEXT NOT NULL, help TEXT NOT NULL, unit TEXT NOT NULL) WITHOUT ROWID;
`

/** The database of a folder, open for its one writer, and a sentence about a file that was set aside. */
export interface OpenedFile {
  readonly database: DatabaseSync
  readonly problem: string | undefined
}

/** Where the series of a folder are. */
export function pathOfSeries(folder: string): string {
  return join(folder, 'series.db')
}

/**
 * Opens `series.db`, or begins a new one. A file that is damaged, or was written by another version, is renamed and reported:
 * it neither stops the start nor is it deleted.
 * @throws for errors of the disk or of access.
 */
export function openForWriting(folder: string): OpenedFile {
  const path = pathOfSeries(folder)
  let problem: string | undefined
  if (existsSync(path)) {
    const fault = faultOf(path)
    if (fault !== undefined) {
      const aside = freeName(path, fault.kind)
      for (const suffix of ['', '-wal'])
        if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
      rmSync(`${path}-shm`, { force: true })
      problem = `The series of ${path} ${fault.reason}: the file is now ${aside}, and a new one was begun.`
    }
  }
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
  // What is committed survives the end of the process. The end of the machine may cost the last seconds.
  useLog(database)
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384')
  // A checkpoint leaves the log as large as it was, so that it is not extended again each time.
  database.exec('PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864')
  if (versionOf(database) === 0) {
    database.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  }
  return { database, problem }
}

/** Opens the series of a folder for queries. `undefined` while there is no file of this version. */
export function openForReading(folder: string): DatabaseSync | undefined {
  const path = pathOfSeries(folder)
  if (!existsSync(path)) return undefined
  const database = new DatabaseSync(path, { readOnly: true })
  let isOurs = false
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA cache_size = -16384`)
    isOurs = versionOf(database) === SCHEMA_VERSION
    return isOurs ? database : undefined
  } finally {
    if (!isOurs) database.close()
  }
}

function faultOf(path: string): { readonly kind: string; readonly reason: string } | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    const version = versionOf(database)
    if (version !== 0 && version !== SCHEMA_VERSION)
      return { kind: `version-${version}`, reason: `were written by another version (${version})` }
    // Without any table, the process ended while it began the file.
    if (version === 0) {
      const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()
      return tables?.['count'] === 0
        ? undefined
        : { kind: 'foreign', reason: 'are in a file of another program' }
    }
    checkTables(database)
    return undefined
  } catch (error) {
    // Any other error is of the disk or of access, and no reason to give up the data.
    if (!isDamage(error)) throw error
    return {
      kind: 'damaged',
      reason: `cannot be read (${error instanceof Error ? error.message : String(error)})`,
    }
  } finally {
    database?.close()
  }
}

/** Whether an error of SQLite says that the file is damaged: https://sqlite.org/rescode.html */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return false
  const primary = error.errcode & 0xff
  return primary === CORRUPT || primary === NOT_A_DATABASE
}

/** Reads the parts that everything else depends on. A check of every page would take minutes for a large file. */
function checkTables(database: DatabaseSync): void {
  for (const table of ['series', 'label', 'posting', 'batch', 'block', 'chunk', 'exemplar'])
    database.prepare(`SELECT * FROM ${table} WHERE id IN (SELECT max(id) FROM ${table})`).get()
  database.prepare('SELECT count(*) FROM block').get()
  database.prepare('SELECT count(*) FROM metadata').get()
  database.prepare('SELECT count(*) FROM label').get()
}

function versionOf(database: DatabaseSync): number {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version']
  return typeof version === 'number' ? version : 0
}

function freeName(path: string, kind: string): string {
  const base = path.replace(/\.db$/, `.${kind}`)
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${base}.db` : `${base}-${number}.db`
    if (!existsSync(name)) return name
  }
}
