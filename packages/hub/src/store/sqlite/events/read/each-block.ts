import type { Condition, TimeRange } from '../../../search.ts'
import type { Signal } from '../schema.ts'
import { narrow } from '../search/narrow.ts'
import type { SegmentPool } from './segment-pool.ts'
import type { BlockRow, Segment } from './segment.ts'

/**
 * Visits the blocks that may have matching rows of a range, the newest first, until `visit` returns false or the deadline has passed
 * (`performance.now()`). For counts, which need no order of rows.
 *
 * @returns whether all were visited
 */
export function eachBlock(
  pool: SegmentPool,
  signal: Signal,
  { from, to, where, deadline }: TimeRange & { readonly where: Condition; readonly deadline: number },
  visit: (segment: Segment, row: BlockRow) => boolean | void,
): boolean {
  const { words, top } = narrow(where, signal)
  const range = { min: Number(from / 1_000_000n), max: Number(to / 1_000_000n), top, words }
  const blocks = pool
    .between(signal, range.min, range.max)
    .flatMap((name) =>
      (pool.use(name, (segment) => segment.blocks(signal, range)) ?? []).map((row) => ({ name, row })),
    )
    .toSorted((a, b) => b.row.max - a.row.max)
  for (const { name, row } of blocks) {
    const goesOn = pool.use(name, (segment) => visit(segment, row)) !== false
    if (!goesOn || performance.now() > deadline) return row === blocks.at(-1)?.row
  }
  return true
}
