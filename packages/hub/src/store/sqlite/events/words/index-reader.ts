import type { StatementSync } from 'node:sqlite'

import { DamageError } from '../../files/database.ts'
import type { Signal } from '../schema.ts'
import { blocksIn, bucketOf, BUCKETS_OF_RUN, firstRows } from './index-codec.ts'

/**
 * The blocks of a segment with a word of this hash, by their first rows: at least those with a row between two moments, in milliseconds,
 * both included.
 */
export function blocksWith(
  segment: { sql(text: string): StatementSync },
  signal: Signal,
  hash: number,
  { min, max }: { readonly min: number; readonly max: number },
): ReadonlySet<number> {
  const found = new Set<number>()
  const runs = segment.sql(
    `SELECT r.id, r.level, w.words FROM ${signal}_runs r CROSS JOIN ${signal}_words w
     ON w.key = r.id * ${BUCKETS_OF_RUN} + CASE r.level WHEN 0 THEN ? WHEN 1 THEN ? ELSE ? END
     WHERE r.max >= ? AND r.min <= ?`,
  )
  const buckets = [bucketOf(hash, 0), bucketOf(hash, 1), bucketOf(hash, 2)]
  for (const { id, level, words } of runs.all(...buckets, min, max)) {
    if (!(words instanceof Uint8Array)) throw new DamageError(`Run ${String(id)} of the index has no words`)
    const places = blocksIn(words, level === 0 ? 0 : level === 1 ? 1 : 2, hash)
    if (places.length === 0) continue
    const row = segment.sql(`SELECT blocks FROM ${signal}_runs WHERE id = ?`).get(Number(id))
    const blocks = firstRows(row?.['blocks'])
    for (const place of places) found.add(blocks[place] ?? -1)
  }
  return found
}
