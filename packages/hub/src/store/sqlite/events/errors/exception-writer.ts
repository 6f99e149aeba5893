import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { LogColumns, SpanColumns } from '@sightline/otlp'

import type { ExceptionRow, StoredResource } from '../../../events.ts'
import { jobOf } from '../../../job.ts'
import type { Signal } from '../schema.ts'
import { textOfValue } from '../words/block-words.ts'

/** An exception with the event that has it. */
export interface StoredException extends ExceptionRow {
  readonly source: Signal
  /** The number of the event in its segment. */
  readonly row: number
  readonly service: string
  readonly instance: string
  readonly trace: Uint8Array
  readonly span: Uint8Array
}

/** An error group that a segment has seen for the first time. */
export interface FirstSeen {
  readonly fingerprint: string
  readonly time: bigint
  readonly version: string
}

/** Longest message of an occurrence, in characters. The event itself has the whole text. */
const LONGEST_MESSAGE = 2000
/** Groups and origins that a writer remembers. It asks the file for others. */
const REMEMBERED = 10_000

/** Writes the exceptions of events to a segment, within the transaction of the caller. */
export class ExceptionWriter {
  readonly #sql: Record<'addGroup' | 'group' | 'addOrigin' | 'origin' | 'add', StatementSync>
  readonly #groups = new Map<string, { readonly id: number; readonly message: string }>()
  readonly #origins = new Map<string, number>()
  #firstSeen: FirstSeen[] = []

  constructor(db: DatabaseSync) {
    this.#sql = {
      addGroup: db.prepare(
        'INSERT INTO error_groups (fingerprint, type, message, stack) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      group: db.prepare('SELECT id, message FROM error_groups WHERE fingerprint = ?'),
      addOrigin: db.prepare(
        'INSERT INTO error_origins (service, instance, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      origin: db.prepare('SELECT id FROM error_origins WHERE service = ? AND instance = ? AND version = ?'),
      add: db.prepare(
        `INSERT INTO exceptions (error, origin, ms, ns, source, row, trace, span, route, user, message)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
    }
  }

  /** Adds the exceptions of rows of `columns`, whose first row has the number `first` in the segment. */
  add(
    source: Signal,
    first: number,
    columns: SpanColumns | LogColumns,
    exceptions: readonly ExceptionRow[],
  ): void {
    for (const exception of exceptions) {
      const { row } = exception
      const resource = columns.resources[columns.resource[row] ?? 0]
      this.insert({
        ...exception,
        source,
        row: first + row,
        service: resource === undefined ? '' : jobOf(resource.attributes),
        instance: textOf(resource, 'service.instance.id'),
        // Copies, since SQLite's binding takes whole views only.
        trace: columns.traceIds.slice(row * 16, row * 16 + 16),
        span: columns.spanIds.slice(row * 8, row * 8 + 8),
      })
    }
  }

  insert(exception: StoredException): void {
    const { time, source, row, trace, span, route, user } = exception
    const group = this.#group(exception)
    const message = exception.message.slice(0, LONGEST_MESSAGE)
    this.#sql.add.run(
      group.id,
      this.#origin(exception),
      Number(time / 1_000_000n),
      Number(time % 1_000_000n),
      source,
      row,
      trace,
      span,
      route,
      user,
      message === group.message ? null : message,
    )
  }

  /** The groups that are new in this segment since the last call. */
  takeFirstSeen(): readonly FirstSeen[] {
    const taken = this.#firstSeen
    this.#firstSeen = []
    return taken
  }

  /** Forgets what a rollback has undone. */
  restore(): void {
    this.#groups.clear()
    this.#origins.clear()
    this.#firstSeen = []
  }

  #group({ fingerprint, type, message, stack, time, version }: StoredException) {
    let group = this.#groups.get(fingerprint)
    if (!group) {
      const { changes } = this.#sql.addGroup.run(fingerprint, type, message.slice(0, LONGEST_MESSAGE), stack)
      if (changes) this.#firstSeen.push({ fingerprint, time, version })
      const row = this.#sql.group.get(fingerprint)
      group = { id: Number(row?.['id']), message: String(row?.['message']) }
      remember(this.#groups, fingerprint, group)
    }
    return group
  }

  #origin({ service, instance, version }: StoredException): number {
    const key: string[] = [service, instance, version]
    const name = key.join('\0')
    let id = this.#origins.get(name)
    if (id === undefined) {
      this.#sql.addOrigin.run(...key)
      id = Number(this.#sql.origin.get(...key)?.['id'])
      remember(this.#origins, name, id)
    }
    return id
  }
}

/** An attribute of a resource as text. Empty where it has none. */
export function textOf(resource: Pick<StoredResource, 'attributes'> | undefined, key: string): string {
  return textOfValue(resource?.attributes[key])
}

function remember<V>(known: Map<string, V>, key: string, value: V): void {
  if (known.size >= REMEMBERED) known.clear()
  known.set(key, value)
}
