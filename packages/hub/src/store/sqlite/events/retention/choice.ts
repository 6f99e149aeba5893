import { hexAt } from '../blocks/ids.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import { textOf } from '../errors/exception-writer.ts'
import type { Segment } from '../read/segment.ts'
import { attributeColumn, KNOWN_KEYS } from '../search/fields.ts'
import { spanView } from '../search/view.ts'
import { textOfValue } from '../words/block-words.ts'

const ALWAYS = { min: -Infinity, max: Infinity }
/** Slowest spans of a route that are kept, with their traces. */
const SLOWEST = 3
/** Newest occurrences of an error group whose traces are kept whole. */
const SAMPLES = 3
/** `SpanKind` of OTLP: server and consumer. */
const ENTRIES = [2, 5]

/** Traces of a segment that are kept whole, as hex: those of slow requests, of errors, and those that charts lead to. */
export function chooseTraces(segment: Segment, linked: ReadonlySet<string>): Set<string> {
  const chosen = new Set<string>()
  const slowest = new Map<string, { readonly trace: string; readonly ms: number }[]>()
  for (const row of segment.blocks('span', ALWAYS)) {
    const block = segment.spans(row)
    for (const trace of tracesOf(block.ids())) if (linked.has(trace)) chosen.add(trace)
    addSlowest(block, slowest)
  }
  for (const row of segment.blocks('log', ALWAYS)) {
    for (const trace of tracesOf(segment.logs(row).ids())) if (linked.has(trace)) chosen.add(trace)
  }
  for (const spans of slowest.values()) for (const { trace } of spans) chosen.add(trace)
  for (const { id } of segment.sql('SELECT id FROM error_groups').all()) {
    const samples = segment
      .sql('SELECT trace FROM exceptions WHERE error = ? ORDER BY ms DESC LIMIT ?')
      .all(Number(id), SAMPLES)
    for (const { trace } of samples) if (trace instanceof Uint8Array) chosen.add(hexAt(trace, 0, 16))
  }
  chosen.delete('')
  return chosen
}

/** The distinct traces of a block. */
export function tracesOf({ traces }: { readonly traces: Uint8Array }): string[] {
  return Array.from({ length: traces.length / 16 }, (_, number) => hexAt(traces, number * 16, 16))
}

function addSlowest(
  block: SpanBlock,
  slowest: Map<string, { readonly trace: string; readonly ms: number }[]>,
): void {
  const main = block.main()
  const { lengthMs } = block.times()
  const ids = block.ids()
  const routes = attributeColumn(spanView(block), KNOWN_KEYS['route'] ?? { event: [], resource: [] })
  for (let row = 0; row < block.rows; row++) {
    if (!ENTRIES.includes(main.kind[row] ?? 0)) continue
    const code = routes.code(row)
    const route = code < 0 ? main.strings.at(main.name[row] ?? 0) : textOfValue(routes.value(code))
    const key = `${textOf(block.resource(main.resource[row] ?? 0), 'service.name')}\0${route}`
    const spans = slowest.get(key) ?? []
    const ms = lengthMs[row] ?? 0
    if (spans.length === SLOWEST && ms <= (spans.at(-1)?.ms ?? 0)) continue
    const trace = hexAt(ids.traces, (ids.trace[row] ?? 0) * 16, 16)
    const others = spans.filter((span) => span.trace !== trace || span.ms > ms)
    if (!others.some((span) => span.trace === trace)) others.push({ trace, ms })
    slowest.set(key, others.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST))
  }
}
