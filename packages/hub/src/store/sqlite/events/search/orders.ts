import type { LogBlock } from '../blocks/log-block.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import type { Order } from './scan.ts'

const logs = (down: boolean): Order<LogBlock> => ({
  signal: 'log',
  down,
  open: (segment, row) => segment.logs(row),
  bound: (row) => (down ? row.max : row.min),
  reaches: (row, ms) => (down ? row.min <= ms : row.max >= ms),
  key: (block, row) => ({ ms: block.times().timeMs[row] ?? 0, ns: block.times().timeNs[row] ?? 0 }),
  near: (block) => block.times().timeMs,
  times: (block) => ({ ms: block.times().timeMs, ns: block.times().timeNs }),
})

export const newestLogs = logs(true)
export const oldestLogs = logs(false)

const spanTimes = (block: SpanBlock) => ({ ms: block.times().startMs, ns: block.times().startNs })

export const newestSpans: Order<SpanBlock> = {
  signal: 'span',
  down: true,
  open: (segment, row) => segment.spans(row),
  bound: (row) => row.max,
  reaches: (row, ms) => row.min <= ms,
  key: (block, row) => ({ ms: block.times().startMs[row] ?? 0, ns: block.times().startNs[row] ?? 0 }),
  near: (block) => block.times().startMs,
  times: spanTimes,
}

export const slowestSpans: Order<SpanBlock> = {
  signal: 'span',
  down: true,
  open: (segment, row) => segment.spans(row),
  bound: (row) => row.top,
  reaches: () => true,
  key: (block, row) => durationOf(block, row),
  near: (block) => block.times().lengthMs,
  times: spanTimes,
}

/** The duration of a span. One that ends before it starts has none. */
export function durationOf(block: SpanBlock, row: number): { readonly ms: number; readonly ns: number } {
  const times = block.times()
  const ms = times.lengthMs[row] ?? 0
  const ns = (times.endNs[row] ?? 0) - (times.startNs[row] ?? 0)
  if (ns < 0) return ms > 0 ? { ms: ms - 1, ns: ns + 1_000_000 } : { ms: 0, ns: 0 }
  return ms < 0 ? { ms: 0, ns: 0 } : { ms, ns }
}
