import type { Condition, Histogram, TimeRange } from '../../../search.ts'
import type { LogBlock } from '../blocks/log-block.ts'
import { LEVELS, levelOf } from '../search/comparison.ts'
import { createMask } from '../search/mask.ts'
import { logView } from '../search/view.ts'
import { eachBlock } from './each-block.ts'
import type { SegmentPool } from './segment-pool.ts'

const NAMES = Object.keys(LEVELS) as readonly (keyof typeof LEVELS)[]

/** Counts the matching records of equal parts of the range, by level, the newest blocks first. */
export function histogramOf(
  pool: SegmentPool,
  {
    from,
    to,
    where,
    buckets,
    timeMs,
  }: TimeRange & { readonly where: Condition; readonly buckets: number; readonly timeMs: number },
): Histogram {
  const deadline = performance.now() + timeMs
  const count = Math.max(1, buckets)
  const width = ((to > from ? to - from : 1n) + BigInt(count) - 1n) / BigInt(count)
  const levels = Object.fromEntries(NAMES.map((name) => [name, Array<number>(count).fill(0)]))
  // All severities have the bucket counts of their level.
  const bySeverity = Array.from({ length: 25 }, (_, severity) => levels[levelOf(severity)] ?? [])

  const isEverything = where.kind === 'all' && where.of.length === 0
  const mask = createMask(where)
  const fromMs = Number(from / 1_000_000n)
  const fromNs = Number(from % 1_000_000n)
  const widthMs = Number(width) / 1e6

  const add = (block: LogBlock) => {
    const bits = isEverything ? undefined : mask(logView(block))
    const { timeMs: ms, timeNs: ns, severity } = block.times()
    for (let row = 0; row < block.rows; row++) {
      if (bits && bits[row] !== 1) continue
      const offset = (ms[row] ?? 0) - fromMs + ((ns[row] ?? 0) - fromNs) / 1e6
      const bucket = Math.floor(offset / widthMs)
      const counts = bySeverity[severity[row] ?? 0]
      if (offset < 0 || bucket >= count || !counts) continue
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
  }

  const complete = eachBlock(pool, 'log', { from, to, where, deadline }, (segment, row) =>
    add(segment.logs(row)),
  )
  return { start: from, width, levels, complete }
}
