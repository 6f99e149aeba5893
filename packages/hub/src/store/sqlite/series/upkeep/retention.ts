import type { DatabaseSync } from 'node:sqlite'

import type { BlockReader, BlockWriter } from '../blocks.ts'
import { numberOf } from '../rows.ts'

/** How long samples are kept. */
export interface Limits {
  /** Milliseconds that samples are kept. */
  readonly retention: number
  /** Most bytes of the file's pages in use. The oldest blocks are dropped first. */
  readonly maxBytes: number
  /** Milliseconds that exemplars are kept. */
  readonly exemplarRetention: number
}

/**
 * Drops the blocks that are too old or too much. Returns the time before which no sample is left. Belongs into a transaction.
 */
export function removeOld(
  database: DatabaseSync,
  reader: BlockReader,
  writer: BlockWriter,
  { retention, maxBytes }: Limits,
  now: number,
): number {
  const byAge = reader.all().toSorted((a, b) => a.end - b.end)
  let left = bytesInUse(database)
  let samples = byAge.reduce((sum, block) => sum + block.samples, 0)
  let dropped = 0
  for (const block of byAge) {
    const isSurplus = left > maxBytes
    if (block.end >= now - retention && !isSurplus) break
    // The last block has what is queried most, and its size is limited by the length of its time.
    if (dropped === byAge.length - 1 && isSurplus) break
    writer.drop(block.id)
    dropped++
    // Chunks are not measured one by one: samples take about the same space everywhere.
    const share = samples === 0 ? 0 : block.samples / samples
    left -= left * share
    samples -= block.samples
  }
  return byAge.slice(dropped).reduce((oldest, { start }) => Math.min(oldest, start), now - retention)
}

/** Bytes of the pages that hold something, without the log. */
function bytesInUse(database: DatabaseSync): number {
  const pages = numberOf(database.prepare('PRAGMA page_count').get(), 'page_count')
  const free = numberOf(database.prepare('PRAGMA freelist_count').get(), 'freelist_count')
  const size = numberOf(database.prepare('PRAGMA page_size').get(), 'page_size')
  return (pages - free) * size
}
