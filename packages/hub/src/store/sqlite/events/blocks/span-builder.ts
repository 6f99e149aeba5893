import type { SpanColumns } from '@sightline/otlp'

import { addBlockWords } from '../words/block-words.ts'
import type { WordSet } from '../words/word-set.ts'
import { AttributeLists } from './attributes.ts'
import { ByteColumn } from './ids.ts'
import type { OriginTexts } from './origins.ts'
import { encodeSection } from './section.ts'
import {
  BlockTables,
  encodeColumns,
  type EncodedBlock,
  numberColumns,
  pushTime,
  rangeOf,
} from './shared-builder.ts'

export const SPAN_TIMES = ['startMs', 'startNs', 'lengthMs', 'endNs'] as const
export const SPAN_MAIN = ['name', 'kind', 'statusCode', 'statusMessage', 'resource', 'scope'] as const
export const SPAN_MORE = [
  'flags',
  'traceState',
  'droppedAttributes',
  'droppedEvents',
  'droppedLinks',
] as const
export const EVENT_COLUMNS = ['count', 'ms', 'ns', 'name', 'droppedAttributes'] as const
export const LINK_COLUMNS = ['count', 'traceState', 'flags', 'droppedAttributes'] as const

/**
 * Fills a block of spans. It copies what it gets. Sections of a block: `times`, `ids`, `main` (what searches test, and all strings)
 * and `more` (events, links and what is rarely set). Moments are relative to the start of the span.
 */
export class SpanBuilder {
  rows = 0
  readonly #tables: BlockTables
  readonly #numbers = numberColumns([...SPAN_TIMES, ...SPAN_MAIN, ...SPAN_MORE, 'trace'])
  readonly #spanIds = new ByteColumn()
  readonly #parentIds = new ByteColumn()
  readonly #attributes = new AttributeLists()
  readonly #events = { ...numberColumns(EVENT_COLUMNS), attributes: new AttributeLists() }
  readonly #links = {
    ...numberColumns(LINK_COLUMNS),
    ids: new ByteColumn(),
    attributes: new AttributeLists(),
  }

  constructor(origins: OriginTexts) {
    this.#tables = new BlockTables(origins)
  }

  /** Adds the rows from `from` up to `to`. */
  add(columns: SpanColumns, from: number, to: number): void {
    const { strings, attributes, traces } = this.#tables
    const { resources, scopes } = this.#tables.from(columns)
    const numbers = this.#numbers
    for (let row = from; row < to; row++) {
      const start = columns.starts.ms[row] ?? 0
      pushTime(numbers.startMs, numbers.startNs, columns.starts, row)
      pushTime(numbers.lengthMs, numbers.endNs, columns.ends, row, start)
      numbers.trace.push(traces.intern(columns.traceIds, row * 16))
      numbers.name.push(strings.of(columns.names[row] ?? 0))
      numbers.kind.push(columns.kinds[row] ?? 0)
      numbers.statusCode.push(columns.statusCodes[row] ?? 0)
      numbers.statusMessage.push(strings.of(columns.statusMessages[row] ?? 0))
      numbers.resource.push(resources[columns.resource[row] ?? 0] ?? 0)
      numbers.scope.push(scopes[columns.scope[row] ?? 0] ?? 0)
      numbers.flags.push(columns.flags[row] ?? 0)
      numbers.traceState.push(strings.of(columns.traceStates[row] ?? 0))
      numbers.droppedAttributes.push(columns.droppedAttributes[row] ?? 0)
      numbers.droppedEvents.push(columns.droppedEvents[row] ?? 0)
      numbers.droppedLinks.push(columns.droppedLinks[row] ?? 0)
      this.#attributes.add(columns.attributes, row, strings, attributes)
      this.#addEvents(columns, row, start)
      this.#addLinks(columns, row)
    }
    this.#spanIds.push(columns.spanIds, from * 8, to * 8)
    this.#parentIds.push(columns.parentIds, from * 8, to * 8)
    this.rows += to - from
  }

  #addEvents({ events }: SpanColumns, row: number, start: number): void {
    const { strings, attributes } = this.#tables
    const from = events.offsets[row] ?? 0
    const to = events.offsets[row + 1] ?? from
    this.#events.count.push(to - from)
    for (let i = from; i < to; i++) {
      pushTime(this.#events.ms, this.#events.ns, events.times, i, start)
      this.#events.name.push(strings.of(events.names[i] ?? 0))
      this.#events.droppedAttributes.push(events.droppedAttributes[i] ?? 0)
      this.#events.attributes.add(events.attributes, i, strings, attributes)
    }
  }

  #addLinks({ links }: SpanColumns, row: number): void {
    const { strings, attributes } = this.#tables
    const from = links.offsets[row] ?? 0
    const to = links.offsets[row + 1] ?? from
    this.#links.count.push(to - from)
    for (let i = from; i < to; i++) {
      this.#links.ids.push(links.traceIds, i * 16, i * 16 + 16)
      this.#links.ids.push(links.spanIds, i * 8, i * 8 + 8)
      this.#links.traceState.push(strings.of(links.traceStates[i] ?? 0))
      this.#links.flags.push(links.flags[i] ?? 0)
      this.#links.droppedAttributes.push(links.droppedAttributes[i] ?? 0)
      this.#links.attributes.add(links.attributes, i, strings, attributes)
    }
  }

  /** Adds the words of the block for the index. */
  addWords(words: WordSet): void {
    addBlockWords(this.#tables, [this.#numbers.name, this.#numbers.statusMessage, this.#events.name], words)
  }

  encode(): EncodedBlock {
    const { strings, attributes, traces } = this.#tables
    const numbers = this.#numbers
    return {
      rows: this.rows,
      ...rangeOf(numbers.startMs),
      // The nanoseconds of the end may make one millisecond more.
      top: Math.max(0, rangeOf(numbers.lengthMs).max) + 1,
      times: encodeSection(encodeColumns(numbers, SPAN_TIMES)),
      ids: encodeSection([
        ...encodeColumns(numbers, ['trace']),
        traces.encode(),
        this.#spanIds.encode(),
        this.#parentIds.encode(),
      ]),
      main: encodeSection([
        ...strings.encode(),
        ...attributes.encode(),
        ...this.#attributes.encode(),
        ...encodeColumns(numbers, SPAN_MAIN),
      ]),
      more: encodeSection([
        ...encodeColumns(numbers, SPAN_MORE),
        ...encodeColumns(this.#events, EVENT_COLUMNS),
        ...this.#events.attributes.encode(),
        this.#links.ids.encode(),
        ...encodeColumns(this.#links, LINK_COLUMNS),
        ...this.#links.attributes.encode(),
      ]),
    }
  }

  clear(): void {
    this.rows = 0
    this.#tables.clear()
    for (const group of [this.#numbers, this.#events, this.#links])
      for (const column of Object.values(group)) column.clear()
    for (const column of [this.#spanIds, this.#parentIds, this.#attributes]) column.clear()
  }
}
