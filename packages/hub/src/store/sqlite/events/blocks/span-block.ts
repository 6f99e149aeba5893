import type { SpanColumns } from '@sightline/otlp'

import type { StoredEvent, StoredLink, StoredSpan } from '../../../events.ts'
import { offsetsOf } from './attributes.ts'
import { hexAt } from './ids.ts'
import type { Origins } from './origins.ts'
import {
  attributeColumns,
  attributesOf,
  type BlockSource,
  distinct,
  lazily,
  nanoseconds,
  PartReader,
  sumOf,
  traceIdsOf,
} from './shared-block.ts'
import { EVENT_COLUMNS, LINK_COLUMNS, SPAN_MAIN, SPAN_MORE, SPAN_TIMES } from './span-builder.ts'

/** A stored block of spans. */
export class SpanBlock {
  readonly first: number
  readonly rows: number
  readonly #origins: Origins
  readonly times: () => Readonly<Record<(typeof SPAN_TIMES)[number], Float64Array>>
  readonly ids: () => ReturnType<typeof readIds>
  readonly main: () => ReturnType<typeof readMain>
  readonly more: () => ReturnType<typeof readMore>

  constructor(source: BlockSource, origins: Origins) {
    this.first = source.first
    this.rows = source.rows
    this.#origins = origins
    this.times = lazily(() => new PartReader(source, 'times').columns(SPAN_TIMES))
    this.ids = lazily(() => readIds(new PartReader(source, 'ids')))
    this.main = lazily(() => readMain(new PartReader(source, 'main')))
    this.more = lazily(() => readMore(new PartReader(source, 'more')))
  }

  /** The resource of the text with this number. */
  resource(number: number) {
    return this.#origins.resource(this.main().strings.at(number))
  }

  /** The span of a row, whole. */
  span(row: number): StoredSpan {
    const times = this.times()
    const ids = this.ids()
    const main = this.main()
    const more = this.more()
    const text = (column: Float64Array) => main.strings.at(column[row] ?? 0)
    const start = times.startMs[row] ?? 0
    return {
      traceId: hexAt(ids.traces, (ids.trace[row] ?? 0) * 16, 16),
      spanId: hexAt(ids.spanIds, row * 8, 8),
      parentSpanId: hexAt(ids.parentIds, row * 8, 8),
      traceState: text(more.traceState),
      flags: more.flags[row] ?? 0,
      name: text(main.name),
      kind: main.kind[row] ?? 0,
      start: nanoseconds(start, times.startNs[row]),
      end: nanoseconds(start + (times.lengthMs[row] ?? 0), times.endNs[row]),
      statusCode: main.statusCode[row] ?? 0,
      statusMessage: text(main.statusMessage),
      attributes: attributesOf(main, main.lists, row),
      droppedAttributes: more.droppedAttributes[row] ?? 0,
      events: this.#events(row, start),
      droppedEvents: more.droppedEvents[row] ?? 0,
      links: this.#links(row),
      droppedLinks: more.droppedLinks[row] ?? 0,
      resource: this.resource(main.resource[row] ?? 0),
      scope: this.#origins.scope(text(main.scope)),
    }
  }

  #events(row: number, start: number): StoredEvent[] {
    const { events } = this.more()
    const main = this.main()
    return rangeOf(events.offsets, row).map((i) => ({
      time: nanoseconds(start + (events.ms[i] ?? 0), events.ns[i]),
      name: main.strings.at(events.name[i] ?? 0),
      attributes: attributesOf(main, events.lists, i),
      droppedAttributes: events.droppedAttributes[i] ?? 0,
    }))
  }

  #links(row: number): StoredLink[] {
    const { links } = this.more()
    const main = this.main()
    return rangeOf(links.offsets, row).map((i) => ({
      traceId: hexAt(links.ids, i * 24, 16),
      spanId: hexAt(links.ids, i * 24 + 16, 8),
      traceState: main.strings.at(links.traceState[i] ?? 0),
      flags: links.flags[i] ?? 0,
      attributes: attributesOf(main, links.lists, i),
      droppedAttributes: links.droppedAttributes[i] ?? 0,
    }))
  }

  /** The block as columns of a reader, to be stored again. */
  columns(): SpanColumns {
    const times = this.times()
    const ids = this.ids()
    const main = this.main()
    const { events, links, ...more } = this.more()
    const resources = distinct(main.resource)
    const scopes = distinct(main.scope)
    return {
      rows: this.rows,
      strings: main.strings.all(),
      resources: resources.values.map((number) => this.resource(number)),
      scopes: scopes.values.map((number) => this.#origins.scope(main.strings.at(number))),
      rejected: 0,
      reason: '',
      resource: resources.index,
      scope: scopes.index,
      traceIds: traceIdsOf(ids.trace, ids.traces),
      spanIds: ids.spanIds,
      parentIds: ids.parentIds,
      traceStates: Uint32Array.from(more.traceState),
      names: Uint32Array.from(main.name),
      kinds: Uint8Array.from(main.kind),
      starts: { ms: times.startMs, ns: Uint32Array.from(times.startNs) },
      ends: { ms: sumOf(times.startMs, times.lengthMs), ns: Uint32Array.from(times.endNs) },
      flags: Uint32Array.from(more.flags),
      statusCodes: Uint8Array.from(main.statusCode),
      statusMessages: Uint32Array.from(main.statusMessage),
      attributes: attributeColumns(main, main.lists),
      droppedAttributes: Uint32Array.from(more.droppedAttributes),
      events: {
        offsets: events.offsets,
        times: { ms: this.#eventMs(), ns: Uint32Array.from(events.ns) },
        names: Uint32Array.from(events.name),
        attributes: attributeColumns(main, events.lists),
        droppedAttributes: Uint32Array.from(events.droppedAttributes),
      },
      droppedEvents: Uint32Array.from(more.droppedEvents),
      links: {
        offsets: links.offsets,
        traceIds: cut(links.ids, 0, 16),
        spanIds: cut(links.ids, 16, 8),
        traceStates: Uint32Array.from(links.traceState),
        flags: Uint32Array.from(links.flags),
        attributes: attributeColumns(main, links.lists),
        droppedAttributes: Uint32Array.from(links.droppedAttributes),
      },
      droppedLinks: Uint32Array.from(more.droppedLinks),
    }
  }

  #eventMs(): Float64Array {
    const { events } = this.more()
    const { startMs } = this.times()
    const ms = events.ms.slice()
    for (let row = 0; row < this.rows; row++) {
      for (const i of rangeOf(events.offsets, row)) ms[i] = (ms[i] ?? 0) + (startMs[row] ?? 0)
    }
    return ms
  }
}

function readIds(parts: PartReader) {
  return {
    ...parts.columns(['trace']),
    traces: parts.bytes(),
    spanIds: parts.bytes(),
    parentIds: parts.bytes(),
  }
}

function readMain(parts: PartReader) {
  return {
    strings: parts.strings(),
    attributes: parts.attributes(),
    lists: parts.lists(),
    ...parts.columns(SPAN_MAIN),
  }
}

function readMore(parts: PartReader) {
  const more = parts.columns(SPAN_MORE)
  const events = { ...parts.columns(EVENT_COLUMNS), lists: parts.lists() }
  const links = { ids: parts.bytes(), ...parts.columns(LINK_COLUMNS), lists: parts.lists() }
  return {
    ...more,
    events: { ...events, offsets: offsetsOf(events.count) },
    links: { ...links, offsets: offsetsOf(links.count) },
  }
}

/** The indexes of list `row`. */
function rangeOf(offsets: Uint32Array, row: number): number[] {
  const from = offsets[row] ?? 0
  return Array.from({ length: (offsets[row + 1] ?? from) - from }, (_, i) => from + i)
}

/** A part of each 24 bytes. */
function cut(ids: Uint8Array, start: number, size: number): Uint8Array {
  const result = new Uint8Array((ids.length / 24) * size)
  for (let i = 0; i * 24 < ids.length; i++)
    result.set(ids.subarray(i * 24 + start, i * 24 + start + size), i * size)
  return result
}
