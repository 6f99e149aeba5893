import type { TimeRange } from '../../../search.ts'
import type { SpanBlock } from '../blocks/span-block.ts'

/** Makes a test for spans that start within a range. */
export function createRangeTest({ from, to }: TimeRange): (block: SpanBlock, row: number) => boolean {
  const [fromMs, fromNs] = [Number(from / 1_000_000n), Number(from % 1_000_000n)]
  const [toMs, toNs] = [Number(to / 1_000_000n), Number(to % 1_000_000n)]
  return (block, row) => {
    const times = block.times()
    const ms = times.startMs[row] ?? 0
    const ns = times.startNs[row] ?? 0
    return (ms > fromMs || (ms === fromMs && ns >= fromNs)) && (ms < toMs || (ms === toMs && ns < toNs))
  }
}
