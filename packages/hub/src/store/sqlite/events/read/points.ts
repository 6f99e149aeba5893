import type { Condition, SpanPoints, TimeRange } from '../../../search.ts'
import { createMask } from '../search/mask.ts'
import { durationOf } from '../search/orders.ts'
import { spanView } from '../search/view.ts'
import { eachBlock } from './each-block.ts'
import type { SegmentPool } from './segment-pool.ts'
import { createRangeTest } from './span-range.ts'

const ERROR = 2

/** The matching spans as points, at most `limit`: those of the newest blocks. */
export function pointsOf(
  pool: SegmentPool,
  search: TimeRange & { readonly where: Condition; readonly limit: number; readonly timeMs: number },
): SpanPoints {
  const { limit, timeMs } = search
  const mask = createMask(search.where)
  const isInRange = createRangeTest(search)
  const starts = new Float64Array(limit)
  const durations = new Float64Array(limit)
  const failed = new Uint8Array(limit)
  let count = 0
  let hasMore = false
  const complete = eachBlock(
    pool,
    'span',
    { ...search, deadline: performance.now() + timeMs },
    (segment, row) => {
      const block = segment.spans(row)
      const bits = mask(spanView(block))
      const { startMs, startNs } = block.times()
      const { statusCode } = block.main()
      for (let at = 0; at < block.rows; at++) {
        if (bits[at] !== 1 || !isInRange(block, at)) continue
        if (count === limit) {
          hasMore = true
          return false
        }
        const { ms, ns } = durationOf(block, at)
        starts[count] = (startMs[at] ?? 0) + (startNs[at] ?? 0) / 1e6
        durations[count] = ms + ns / 1e6
        failed[count] = statusCode[at] === ERROR ? 1 : 0
        count++
      }
      return true
    },
  )
  return {
    starts: starts.slice(0, count),
    durations: durations.slice(0, count),
    failed: failed.slice(0, count),
    complete: complete && !hasMore,
  }
}
