import type { StoredLog } from '../../../events.ts'
import type { LogSearch, Page } from '../../../search.ts'
import type { SegmentName } from '../../files/names.ts'
import { createMask } from '../search/mask.ts'
import { logView } from '../search/view.ts'
import { logCursor, tailCursor, type TailPositions } from './cursors.ts'
import type { SegmentPool } from './segment-pool.ts'
import type { BlockRow } from './segment.ts'

/** The newest file of each writer and the next row there: where a tail begins. Within a query, later reads see the same rows. */
export function positionsOf(pool: SegmentPool): TailPositions {
  const newest = new Map<number, SegmentName>()
  for (const name of pool.segments()) newest.set(name.writer, name)
  const positions = new Map<number, { file: string; next: number }>()
  for (const [writer, name] of newest) {
    positions.set(writer, { file: name.file, next: pool.use(name, (segment) => segment.next('log')) ?? 0 })
  }
  return positions
}

/**
 * The matching records that have arrived after the positions: in the order of the commits, up to the limit, then sorted by time. The
 * cursor of the page goes on behind them.
 */
export function tail(pool: SegmentPool, search: LogSearch, positions: TailPositions): Page<StoredLog> {
  const deadline = performance.now() + search.timeMs
  const mask = createMask(search.where)
  const reached = new Map(positions)
  const items: StoredLog[] = []
  let isOver = false
  for (const { name, row } of arrivals(pool, positions)) {
    if (isOver) break
    const known = reached.get(name.writer)
    const from = known?.file === name.file ? known.next : 0
    pool.use(name, (segment) => {
      const block = segment.logs(row)
      const bits = mask(logView(block))
      let next = Math.max(from, block.first)
      for (; next < block.first + block.rows && items.length < search.limit; next++) {
        const at = next - block.first
        if (bits[at] !== 1) continue
        const log = block.log(at)
        if (log.time < search.from || log.time >= search.to) continue
        items.push({ ...log, cursor: logCursor({ time: log.time, file: name.file, row: next }) })
      }
      reached.set(name.writer, { file: name.file, next })
    })
    isOver = items.length >= search.limit || performance.now() > deadline
  }
  const byTime = items.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  return { items: byTime, next: tailCursor(reached), complete: !isOver || items.length >= search.limit }
}

/** The blocks with rows after the positions, in the order of their commits. */
function arrivals(
  pool: SegmentPool,
  positions: TailPositions,
): { readonly name: SegmentName; readonly row: BlockRow }[] {
  const blocks = pool.segments().flatMap((name) => {
    const position = positions.get(name.writer)
    if (position && name.file < position.file) return []
    const from = position?.file === name.file ? position.next : 0
    return (pool.use(name, (segment) => segment.blocksFrom('log', from)) ?? []).map((row) => ({ name, row }))
  })
  // A clock may go back, and the blocks of a writer stay in their order: the sort is stable.
  const latest = new Map<number, number>()
  const ordered = blocks.map((block) => {
    const arrived = Math.max(block.row.arrived, latest.get(block.name.writer) ?? 0)
    latest.set(block.name.writer, arrived)
    return { block, arrived }
  })
  return ordered.toSorted((a, b) => a.arrived - b.arrived).map(({ block }) => block)
}
