import type { SpanColumns } from '../columns.ts'
import type { Interned } from '../interned.ts'
import { Attributes, sumOf } from './attributes.ts'
import { Ids, longerBytes, longerWords, Times } from './columns.ts'
import { Rows } from './rows.ts'
import { Events, Links } from './span-parts.ts'

const BAD_TRACE = 'the trace id is not 16 bytes, or zero'
const BAD_SPAN = 'the span id is not 8 bytes, or zero'
const BAD_PARENT = 'the parent span id is not 8 bytes'

/** Spans, in columns that grow. */
export class Spans extends Rows implements SpanColumns {
  resource = new Uint32Array(0)
  scope = new Uint32Array(0)
  readonly traces = new Ids(16)
  readonly spans = new Ids(8)
  readonly parents = new Ids(8)
  traceStates = new Uint32Array(0)
  names = new Uint32Array(0)
  kinds = new Uint8Array(0)
  readonly starts = new Times()
  readonly ends = new Times()
  flags = new Uint32Array(0)
  statusCodes = new Uint8Array(0)
  statusMessages = new Uint32Array(0)
  readonly attributes: Attributes
  droppedAttributes = new Uint32Array(0)
  readonly events: Events
  droppedEvents = new Uint32Array(0)
  readonly links: Links
  droppedLinks = new Uint32Array(0)

  constructor(interned: Interned) {
    super(interned)
    const { limits, tally } = interned
    this.attributes = new Attributes(limits.attributes, tally)
    this.events = new Events(limits, tally)
    this.links = new Links(limits, tally)
  }

  /** Makes room for a row of this origin. `false` if the request has too many items. */
  roomIn(resource: number, scope: number): boolean {
    if (!this.room()) return false
    this.resource[this.rows] = resource
    this.scope[this.rows] = scope
    return true
  }

  get traceIds(): Uint8Array {
    return this.traces.bytes
  }

  get spanIds(): Uint8Array {
    return this.spans.bytes
  }

  get parentIds(): Uint8Array {
    return this.parents.bytes
  }

  /** Keeps the row after the last one, if its ids are valid, or else rejects it. */
  keep(trace: boolean, span: boolean, parent: boolean): void {
    if (trace && span && parent) this.#keep()
    else {
      this.interned.tally.reject(trace ? (span ? BAD_PARENT : BAD_SPAN) : BAD_TRACE)
      this.attributes.discard()
      this.events.discard()
      this.links.discard()
    }
  }

  #keep(): void {
    const row = this.rows++
    this.#addTo(this.droppedAttributes, row, this.attributes.end(row))
    this.#addTo(this.droppedEvents, row, this.events.end(row))
    this.#addTo(this.droppedLinks, row, this.links.end(row))
  }

  #addTo(column: Uint32Array, row: number, leftOut: number): void {
    if (leftOut > 0) column[row] = sumOf(column[row] ?? 0, leftOut)
  }

  protected override reset(): void {
    this.attributes.begin()
    this.events.begin()
    this.links.begin()
  }

  protected override grow(length: number): void {
    this.resource = longerWords(this.resource, length)
    this.scope = longerWords(this.scope, length)
    this.traces.grow(length)
    this.spans.grow(length)
    this.parents.grow(length)
    this.traceStates = longerWords(this.traceStates, length)
    this.names = longerWords(this.names, length)
    this.kinds = longerBytes(this.kinds, length)
    this.starts.grow(length)
    this.ends.grow(length)
    this.flags = longerWords(this.flags, length)
    this.statusCodes = longerBytes(this.statusCodes, length)
    this.statusMessages = longerWords(this.statusMessages, length)
    this.attributes.growRows(length)
    this.droppedAttributes = longerWords(this.droppedAttributes, length)
    this.events.growRows(length)
    this.droppedEvents = longerWords(this.droppedEvents, length)
    this.links.growRows(length)
    this.droppedLinks = longerWords(this.droppedLinks, length)
  }

  protected override clear(row: number): void {
    this.parents.clear(row)
    this.traceStates[row] = 0
    this.names[row] = 0
    this.kinds[row] = 0
    this.starts.clear(row)
    this.ends.clear(row)
    this.flags[row] = 0
    this.statusCodes[row] = 0
    this.statusMessages[row] = 0
    this.droppedAttributes[row] = 0
    this.droppedEvents[row] = 0
    this.droppedLinks[row] = 0
  }
}
