import type { StoredLog, StoredSpan } from '../../../events.ts'
import type { SegmentName } from '../../files/names.ts'
import { hashOfTrace } from '../words/word-hash.ts'
import { logCursor } from './cursors.ts'
import type { SegmentPool } from './segment-pool.ts'

const ALWAYS = { min: -Infinity, max: Infinity }

/** The spans of a trace, by start. A span that is stored twice, in a segment and kept, is there once. */
export function traceById(pool: SegmentPool, traceId: string): StoredSpan[] {
  const id = idOf(traceId)
  if (!id) return []
  const spans = new Map<string, StoredSpan>()
  for (const name of filesOf(pool)) {
    pool.use(name, (segment) => {
      for (const row of segment.blocks('span', {
        ...ALWAYS,
        words: { kind: 'word', hash: hashOfTrace(id, 0) },
      })) {
        const block = segment.spans(row)
        for (const at of rowsOfTrace(block.ids(), id)) {
          const span = block.span(at)
          const key = `${span.spanId}-${span.start}`
          if (!spans.has(key)) spans.set(key, span)
        }
      }
    })
  }
  return [...spans.values()].toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
}

/** Log records of a trace, oldest first, the first `limit` of them. */
export function logsOfTrace(pool: SegmentPool, traceId: string, limit: number): StoredLog[] {
  const id = idOf(traceId)
  if (!id) return []
  const logs: StoredLog[] = []
  for (const name of filesOf(pool)) {
    pool.use(name, (segment) => {
      for (const row of segment.blocks('log', {
        ...ALWAYS,
        words: { kind: 'word', hash: hashOfTrace(id, 0) },
      })) {
        const block = segment.logs(row)
        for (const at of rowsOfTrace(block.ids(), id)) {
          const log = block.log(at)
          logs.push({ ...log, cursor: logCursor({ time: log.time, file: name.file, row: block.first + at }) })
        }
      }
    })
  }
  return logs.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).slice(0, limit)
}

function filesOf(pool: SegmentPool): SegmentName[] {
  return [...pool.kept(), ...pool.segments()]
}

/** The bytes of an id in hex. `undefined` for anything else, and for the id of zeros. */
function idOf(traceId: string): Uint8Array | undefined {
  return /^[\da-f]{32}$/.test(traceId) && /[^0]/.test(traceId) ? Buffer.from(traceId, 'hex') : undefined
}

/** The rows of a block that are of a trace. */
export function rowsOfTrace(
  { trace, traces }: { readonly trace: Float64Array; readonly traces: Uint8Array },
  id: Uint8Array,
): number[] {
  const bytes = Buffer.from(traces.buffer, traces.byteOffset, traces.byteLength)
  const rows: number[] = []
  for (let number = 1; number * 16 < bytes.length; number++) {
    if (bytes.compare(id, 0, 16, number * 16, number * 16 + 16) !== 0) continue
    for (let row = 0; row < trace.length; row++) if (trace[row] === number) rows.push(row)
    break
  }
  return rows
}
