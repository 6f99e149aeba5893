import type { Page, TraceSearch, TraceSummary } from '../../../search.ts'
import { hexAt } from '../blocks/ids.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import { createMask } from '../search/mask.ts'
import { newestSpans, slowestSpans } from '../search/orders.ts'
import { type Hit, scan } from '../search/scan.ts'
import { spanView } from '../search/view.ts'
import { comparePlaces, type Place } from './cursors.ts'
import type { SegmentPool } from './segment-pool.ts'
import { summarise } from './trace-summary.ts'

/** Matching spans of a trace that are expected at most, on average. */
const SPANS = 8

/**
 * Searches traces by their matching spans, newest first or slowest first. A trace stands where its first matching span does, so a page
 * leaves out traces that a page before had.
 * @throws {RangeError} for a cursor that is not one of ours.
 */
export function searchTraces(pool: SegmentPool, search: TraceSearch): Page<TraceSummary> {
  const order = search.order === 'slowest' ? slowestSpans : newestSpans
  const deadline = performance.now() + search.timeMs
  const behind = placeOf(search.before, search.order)
  const mask = createMask(search.where)
  const masks = new WeakMap<SpanBlock, Uint8Array>()
  const maskOf = (block: SpanBlock) => {
    const bits = masks.get(block) ?? mask(spanView(block))
    masks.set(block, bits)
    return bits
  }
  const seen = new Set<string>()
  const items: TraceSummary[] = []
  let last: Place | undefined
  let hasMore = false
  let isLate = false
  const { complete, reached } = scan(
    pool,
    order,
    { ...search, mask, behind, deadline, wanted: search.limit * SPANS + 1000 },
    (hit) => {
      const id = traceOf(hit)
      if (id === '' || seen.has(id)) return true
      if (items.length === search.limit) {
        hasMore = true
        return false
      }
      seen.add(id)
      const { summary, first } = summarise(pool, { id, order, search, mask: maskOf, around: hit })
      last = hit.place
      // On a page before, where its first matching span was.
      if (!behind || comparePlaces(first, behind) < 0) items.push(summary)
      isLate = performance.now() > deadline
      return !isLate
    },
  )
  const next = hasMore || isLate ? last : reached
  return { items, next: next && cursorOf(next, search.order), complete: complete && !isLate }
}

function traceOf({ block, row }: Hit<SpanBlock>): string {
  const { trace, traces } = block.ids()
  return hexAt(traces, (trace[row] ?? 0) * 16, 16)
}

/** The first letter of the order, the key, the row and the file. */
function cursorOf({ time, row, file }: Place, order: TraceSearch['order']): string {
  return `${order[0]}.${time}.${row}.${file}`
}

function placeOf(cursor: string | undefined, order: TraceSearch['order']): Place | undefined {
  if (cursor === undefined) return undefined
  const match = /^([ns])\.(\d{1,20})\.(\d{1,15})\.([\w.-]*)$/.exec(cursor)
  if (!match || match[1] !== order[0])
    throw new RangeError(`'${cursor}' is not a cursor of traces by this order`)
  return { time: BigInt(match[2] ?? 0), row: Number(match[3]), file: match[4] ?? '' }
}
