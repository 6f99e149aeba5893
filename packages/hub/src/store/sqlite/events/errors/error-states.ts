import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

import type { ErrorState } from '../../../search.ts'
import {
  type FileFormat,
  type Opened,
  openForReading,
  openForWriting,
  setAside,
} from '../../files/database.ts'
import type { FirstSeen } from './exception-writer.ts'

const FORMAT: FileFormat = {
  version: 1,
  tables: `
  CREATE TABLE errors (
    fingerprint TEXT PRIMARY KEY, first TEXT NOT NULL, version TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open', until TEXT, changed TEXT
  ) WITHOUT ROWID`,
}

/** What the store knows of an error group beside its occurrences. Moments in nanoseconds since 1970. */
export interface KnownError {
  /** The first occurrence and its version. It may be older than all events. */
  readonly first: bigint | undefined
  readonly version: string
  readonly state: 'open' | 'resolved' | 'ignored'
  readonly until: bigint | undefined
  /** When the state was set. */
  readonly changed: bigint | undefined
}

/** Notes the first occurrences of groups. Earlier notes of the same group stay. */
export function noteFirstSeen(folder: string, seen: readonly FirstSeen[]): void {
  if (seen.length === 0) return
  withStates(folder, (db) => {
    const note = db.prepare(
      // Texts of nanoseconds have 19 digits, so they compare as numbers.
      `INSERT INTO errors (fingerprint, first, version) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET first = excluded.first, version = excluded.version WHERE first = '' OR first > excluded.first`,
    )
    db.exec('BEGIN IMMEDIATE')
    for (const { fingerprint, time, version } of seen) note.run(fingerprint, digits(time), version)
    db.exec('COMMIT')
  })
}

/** Sets the state of a group. */
export function setErrorState(folder: string, fingerprint: string, state: ErrorState, now: bigint): void {
  // A regressed group is one that was resolved: its state is found, never set.
  const kind = state.kind === 'regressed' ? 'open' : state.kind
  const until = state.kind === 'ignored' && state.until !== undefined ? digits(state.until) : null
  withStates(folder, (db) => {
    db.prepare(
      `INSERT INTO errors (fingerprint, first, version, state, until, changed) VALUES (?, '', '', ?, ?, ?)
       ON CONFLICT DO UPDATE SET state = excluded.state, until = excluded.until, changed = excluded.changed`,
    ).run(fingerprint, kind, until, digits(now))
  })
}

/** Reads what is known of groups, by fingerprint. */
export function readKnownErrors(folder: string): (fingerprint: string) => KnownError {
  const opened = openForReading(pathOf(folder), FORMAT)
  const rows = new Map<string, KnownError>()
  if (opened.kind === 'open') {
    for (const { fingerprint, first, version, state, until, changed } of opened.db
      .prepare('SELECT * FROM errors')
      .iterate()) {
      rows.set(String(fingerprint), {
        first: momentOf(first),
        version: String(version),
        state: state === 'resolved' || state === 'ignored' ? state : 'open',
        until: momentOf(until),
        changed: momentOf(changed),
      })
    }
    opened.db.close()
  }
  return (fingerprint) => rows.get(fingerprint) ?? UNKNOWN
}

const UNKNOWN: KnownError = {
  first: undefined,
  version: '',
  state: 'open',
  until: undefined,
  changed: undefined,
}

/** The state of a group at `now`, whose newest occurrence is `lastSeen`. */
export function stateOf({ state, until, changed }: KnownError, lastSeen: bigint, now: bigint): ErrorState {
  if (state === 'ignored')
    return until === undefined || until > now ? { kind: 'ignored', until } : { kind: 'open' }
  if (state === 'resolved') return { kind: lastSeen > (changed ?? 0n) ? 'regressed' : 'resolved' }
  return { kind: 'open' }
}

function pathOf(folder: string): string {
  return join(folder, 'hub.db')
}

function withStates(folder: string, work: (db: DatabaseSync) => void): void {
  const path = pathOf(folder)
  let opened: Opened = openForWriting(path, FORMAT)
  if (opened.kind !== 'open' && existsSync(path)) {
    setAside(path, opened.kind === 'version' ? `v${opened.version}` : 'damaged')
    opened = openForWriting(path, FORMAT)
  }
  if (opened.kind !== 'open') throw new Error(`${path} cannot be opened: ${opened.kind}`)
  try {
    work(opened.db)
  } finally {
    opened.db.close()
  }
}

function digits(time: bigint): string {
  return String(time).padStart(19, '0')
}

function momentOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && value !== '' ? BigInt(value) : undefined
}
