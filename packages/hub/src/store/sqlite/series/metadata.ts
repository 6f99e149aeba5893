import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { MetricMetadata } from '../../samples.ts'
import { type Row, textOf } from './rows.ts'

const TYPES: ReadonlySet<string> = new Set<MetricMetadata['type']>([
  'counter',
  'gauge',
  'histogram',
  'summary',
  'unknown',
])

/** Most metric names of which metadata is kept. Names beyond come from a label that has become a name. */
const MOST_NAMES = 20_000

/** What is known of metric names. */
export class MetadataWriter {
  readonly #known: Map<string, MetricMetadata>
  readonly #changed = new Set<string>()
  readonly #write: StatementSync

  constructor(database: DatabaseSync) {
    this.#known = readMetadata(database)
    this.#write = database.prepare(
      'INSERT OR REPLACE INTO metadata (name, type, help, unit) VALUES (?, ?, ?, ?)',
    )
  }

  get(name: string): MetricMetadata | undefined {
    return this.#known.get(name)
  }

  set(name: string, metadata: MetricMetadata): void {
    const known = this.#known.get(name)
    if (known === undefined && this.#known.size >= MOST_NAMES) return
    if (known?.type === metadata.type && known.help === metadata.help && known.unit === metadata.unit) return
    this.#known.set(name, metadata)
    this.#changed.add(name)
  }

  get isChanged(): boolean {
    return this.#changed.size > 0
  }

  /** Writes what has changed. Belongs into a transaction. */
  write(): void {
    for (const name of this.#changed) {
      const metadata = this.#known.get(name)
      if (metadata !== undefined) this.#write.run(name, metadata.type, metadata.help, metadata.unit)
    }
  }

  /** Called when the transaction is committed. */
  written(): void {
    this.#changed.clear()
  }
}

/** What is known of a metric name, or of all. */
export function readMetadata(database: DatabaseSync, name?: string): Map<string, MetricMetadata> {
  const rows =
    name === undefined
      ? database.prepare('SELECT * FROM metadata').all()
      : database.prepare('SELECT * FROM metadata WHERE name = ?').all(name)
  return new Map(rows.map((row) => [textOf(row, 'name'), metadataOf(row)]))
}

function metadataOf(row: Row): MetricMetadata {
  const type = textOf(row, 'type')
  return {
    type: isType(type) ? type : 'unknown',
    help: textOf(row, 'help'),
    unit: textOf(row, 'unit'),
  }
}

function isType(text: string): text is MetricMetadata['type'] {
  return TYPES.has(text)
}
