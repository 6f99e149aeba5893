import { jobOf } from '../../../job.ts'
import type { TimeRange, TraceSummary } from '../../../search.ts'
import { hexAt } from '../blocks/ids.ts'
import { nanoseconds } from '../blocks/shared-block.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import { KNOWN_KEYS, attributeColumn } from '../search/fields.ts'
import { durationOf } from '../search/orders.ts'
import type { Hit, Order } from '../search/scan.ts'
import { spanView } from '../search/view.ts'
import { textOfValue } from '../words/block-words.ts'
import { hashOfTrace } from '../words/word-hash.ts'
import { comparePlaces, type Place } from './cursors.ts'
import type { SegmentPool } from './segment-pool.ts'
import { rowsOfTrace } from './traces-by-id.ts'

/** Milliseconds around a span within which the others of its trace are looked for. */
const AROUND = 86_400_000

/** Which trace, and the search that found it. */
export interface Summarised {
  readonly id: string
  readonly order: Order<SpanBlock>
  readonly search: TimeRange
  readonly mask: (block: SpanBlock) => Uint8Array
  /** A span of the trace. */
  readonly around: Hit<SpanBlock>
}

/** A summary of the spans of a trace, and the place of the first that matches. */
export function summarise(
  pool: SegmentPool,
  { id, order, search, mask, around }: Summarised,
): { readonly summary: TraceSummary; readonly first: Place } {
  const bytes = Buffer.from(id, 'hex')
  const near = around.block.times().startMs[around.row] ?? 0
  const filter = {
    min: near - AROUND,
    max: near + AROUND,
    words: { kind: 'word', hash: hashOfTrace(bytes, 0) } as const,
  }
  const seen = new Set<string>()
  const services = new Set<string>()
  let first = around.place
  let found: Found | undefined
  let start = around.place.time
  let end = 0n
  let root: Found | undefined
  let errors = 0
  const consider = (block: SpanBlock, file: string) => {
    const rows = rowsOfTrace(block.ids(), bytes)
    if (rows.length === 0) return
    const bits = mask(block)
    for (const row of rows) {
      const span = foundSpan(block, row)
      const key = `${span.spanId}-${span.start}`
      if (seen.has(key)) continue
      seen.add(key)
      services.add(span.service)
      if (block.main().statusCode[row] === 2) errors++
      if (seen.size === 1 || span.start < start) start = span.start
      if (span.end > end) end = span.end
      if (!root || compareRoots(span, root) < 0) root = span
      if (bits[row] !== 1 || span.start < search.from || span.start >= search.to) continue
      if (!found || span.duration > found.duration) found = span
      const { ms, ns } = order.key(block, row)
      const place = { time: nanoseconds(ms, ns), file, row: block.first + row }
      if (comparePlaces(place, first) > 0) first = place
    }
  }
  for (const name of pool.between('span', filter.min, filter.max)) {
    pool.use(name, (segment) => {
      for (const row of segment.blocks('span', filter)) consider(segment.spans(row), name.file)
    })
  }
  const match = found ?? foundSpan(around.block, around.row)
  const top = root ?? match
  const summary = {
    traceId: id,
    start,
    duration: end > start ? end - start : 0n,
    root: { service: top.service, name: top.name, statusCode: top.statusCode, route: routeOf(top) },
    spans: seen.size,
    errors,
    services: [...services].filter((service) => service !== '').toSorted(),
    match: { spanId: match.spanId, service: match.service, name: match.name, duration: match.duration },
  }
  return { summary, first }
}

interface Found {
  readonly block: SpanBlock
  readonly row: number
  readonly spanId: string
  readonly isRoot: boolean
  readonly start: bigint
  readonly end: bigint
  readonly duration: bigint
  readonly service: string
  readonly name: string
  readonly statusCode: number
}

function foundSpan(block: SpanBlock, row: number): Found {
  const { startMs, startNs } = block.times()
  const ids = block.ids()
  const main = block.main()
  const start = nanoseconds(startMs[row], startNs[row])
  const { ms, ns } = durationOf(block, row)
  const duration = nanoseconds(ms, ns)
  return {
    block,
    row,
    spanId: hexAt(ids.spanIds, row * 8, 8),
    isRoot: hexAt(ids.parentIds, row * 8, 8) === '',
    start,
    end: start + duration,
    duration,
    service: jobOf(block.resource(main.resource[row] ?? 0).attributes),
    name: main.strings.at(main.name[row] ?? 0),
    statusCode: main.statusCode[row] ?? 0,
  }
}

/** The span without parent first, else the earliest. */
function compareRoots(a: Found, b: Found): number {
  if (a.isRoot !== b.isRoot) return a.isRoot ? -1 : 1
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0
}

function routeOf({ block, row }: Found): string {
  const column = attributeColumn(spanView(block), KNOWN_KEYS['route'] ?? { event: [], resource: [] })
  const code = column.code(row)
  return code < 0 ? '' : textOfValue(column.value(code))
}
