import type { Condition, TimeRange } from '../../../search.ts'
import { LogBlock } from '../blocks/log-block.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import { comparePlaces, type Place } from '../read/cursors.ts'
import type { SegmentPool } from '../read/segment-pool.ts'
import type { BlockRow, Segment } from '../read/segment.ts'
import type { Signal } from '../schema.ts'
import type { Mask } from './mask.ts'
import { narrow } from './narrow.ts'
import { logView, spanView, type View } from './view.ts'

/** A row that a search has found. */
export interface Hit<B> {
  readonly place: Place
  readonly block: B
  readonly row: number
}

/** What differs between searches for spans and for log records, and between their orders. */
export interface Order<B extends SpanBlock | LogBlock> {
  readonly signal: Signal
  /** First the greatest places, or the least. */
  readonly down: boolean
  open(segment: Segment, row: BlockRow): B
  /** Milliseconds that no row of a block exceeds (down), or falls below. */
  bound(row: BlockRow): number
  /** Whether a block can have a row behind a place of this key, in milliseconds. */
  reaches(row: BlockRow, ms: number): boolean
  /** By what rows are ordered: nanoseconds, as milliseconds and the rest. */
  key(block: B, row: number): { readonly ms: number; readonly ns: number }
  /** Milliseconds of the keys, or one more. */
  near(block: B): Float64Array
  /** The times of the rows. */
  times(block: B): { readonly ms: Float64Array; readonly ns: Float64Array }
}

/** A search of rows in an order. */
export interface Scan extends TimeRange {
  readonly where: Condition
  readonly mask: Mask
  /** Only rows behind this place in the order. */
  readonly behind?: Place | undefined
  /** `performance.now()` at which to stop, as soon as the search has come further than `behind`. */
  readonly deadline: number
  /** Matching rows that `visit` may want. So many are held, when blocks overlap. */
  readonly wanted: number
}

/** How a scan has ended. */
export interface ScanEnd {
  readonly complete: boolean
  /** All rows up to this place have been visited, where rows behind it may be missing. */
  readonly reached: Place | undefined
}

/**
 * Visits the matching rows in order, until `visit` returns false. Blocks overlap, since several threads write and clocks differ. So they
 * are read by their bounds, and a row is visited when no block that is not read yet can have one before it.
 */
export function scan<B extends SpanBlock | LogBlock>(
  pool: SegmentPool,
  order: Order<B>,
  search: Scan,
  visit: (hit: Hit<B>) => boolean,
): ScanEnd {
  const { down } = order
  const blocks = candidates(pool, order, search)
  const before = (a: Place, b: Place) => (down ? comparePlaces(b, a) : comparePlaces(a, b))
  let pending: Hit<B>[] = []
  /** Rows behind this place have been dropped, since there were enough before it. */
  let cut: Place | undefined
  for (const [at, { name, row }] of blocks.entries()) {
    const found =
      pool.use(name, (segment) => hitsOf(order, search, cut, order.open(segment, row), name.file)) ?? []
    if (found.length > 0) pending = [...pending, ...found].toSorted((a, b) => before(a.place, b.place))
    if (pending.length > search.wanted * 2) {
      pending.length = search.wanted
      cut = pending.at(-1)?.place
    }
    const next = blocks[at + 1]
    const bound = next && order.bound(next.row)
    // Blocks tell milliseconds, so rows of the same one wait.
    const isBehind = ({ place }: Hit<B>) =>
      bound !== undefined &&
      (down ? place.time < BigInt(bound + 1) * 1_000_000n : place.time >= BigInt(bound) * 1_000_000n)
    let done = 0
    for (const hit of pending) {
      if (isBehind(hit)) break
      if (!visit(hit)) return { complete: true, reached: undefined }
      if (hit.place === cut) return { complete: true, reached: cut }
      done++
    }
    if (done > 0) pending = pending.slice(done)
    if (bound === undefined || performance.now() <= search.deadline) continue
    const reached = { time: BigInt(down ? bound + 1 : bound) * 1_000_000n, file: '', row: 0 }
    // A search that goes on from there must not read the same blocks again.
    if (!search.behind || before(search.behind, reached) < 0) return { complete: false, reached }
  }
  return { complete: true, reached: undefined }
}

function candidates<B extends SpanBlock | LogBlock>(
  pool: SegmentPool,
  order: Order<B>,
  { from, to, where, behind }: Scan,
) {
  const { words, top } = narrow(where, order.signal)
  const min = Number(from / 1_000_000n)
  const max = Number(to / 1_000_000n)
  const all = pool.between(order.signal, min, max).flatMap((name) =>
    (pool.use(name, (segment) => segment.blocks(order.signal, { min, max, top, words })) ?? []).map(
      (row) => ({
        name,
        row,
      }),
    ),
  )
  const limit = behind && Number(behind.time / 1_000_000n)
  const usable = all.filter(({ row }) => limit === undefined || order.reaches(row, limit))
  const sign = order.down ? -1 : 1
  return usable.toSorted((a, b) => sign * (order.bound(a.row) - order.bound(b.row)))
}

function hitsOf<B extends SpanBlock | LogBlock>(
  order: Order<B>,
  { from, to, mask, behind }: Scan,
  cut: Place | undefined,
  block: B,
  file: string,
): Hit<B>[] {
  const times = order.times(block)
  const near = order.near(block)
  const [fromMs, fromNs] = split(from)
  const [toMs, toNs] = split(to)
  const behindMs = behind ? split(behind.time)[0] : undefined
  const cutMs = cut ? split(cut.time)[0] : undefined
  const sign = order.down ? 1 : -1
  const hits: Hit<B>[] = []
  for (let row = 0; row < block.rows; row++) {
    const ms = times.ms[row] ?? 0
    const ns = times.ns[row] ?? 0
    if (ms < fromMs || (ms === fromMs && ns < fromNs) || ms > toMs || (ms === toMs && ns >= toNs)) continue
    // Whole milliseconds tell most rows apart, without the cost of a key.
    const nearMs = near[row] ?? 0
    if (behindMs !== undefined && (nearMs - behindMs) * sign > 1) continue
    if (cutMs !== undefined && (nearMs - cutMs) * sign < 0) continue
    const key = order.key(block, row)
    const place = { time: BigInt(key.ms) * 1_000_000n + BigInt(key.ns), file, row: block.first + row }
    if (behind && comparePlaces(place, behind) * sign >= 0) continue
    if (cut && comparePlaces(place, cut) * sign < 0) continue
    hits.push({ place, block, row })
  }
  if (hits.length === 0) return hits
  const bits = mask(viewOf(block))
  return hits.filter(({ row }) => bits[row] === 1)
}

function viewOf(block: SpanBlock | LogBlock): View {
  return block instanceof LogBlock ? logView(block) : spanView(block)
}

/** Milliseconds and nanoseconds. */
function split(time: bigint): [ms: number, ns: number] {
  return [Number(time / 1_000_000n), Number(time % 1_000_000n)]
}
