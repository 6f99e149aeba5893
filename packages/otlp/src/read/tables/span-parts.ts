import type { EventColumns, LinkColumns } from '../columns.ts'
import type { Limits } from '../limits.ts'
import type { Tally } from '../tally.ts'
import { Attributes, sumOf } from './attributes.ts'
import { Ids, longerWords, Times } from './columns.ts'

const FIRST = 64

/** Parts of spans, of which each span has a list. */
abstract class Parts {
  offsets = new Uint32Array(1)
  droppedAttributes = new Uint32Array(0)
  readonly attributes: Attributes
  /** Number of parts. The next one is written at this index. */
  size = 0
  #capacity = 0
  readonly #most: number
  readonly #name: 'events' | 'links'
  protected readonly tally: Tally
  #start = 0
  #leftOut = 0

  constructor(name: 'events' | 'links', limits: Limits, tally: Tally) {
    this.#name = name
    this.#most = limits[name]
    this.tally = tally
    this.attributes = new Attributes(limits.attributes, tally)
  }

  begin(): void {
    this.size = 0
    this.#start = 0
    this.#leftOut = 0
    this.attributes.begin()
  }

  growRows(length: number): void {
    this.offsets = longerWords(this.offsets, length + 1)
  }

  /** Makes room for a part at `size`, with empty fields. Returns `false` if the span is at its limit. */
  room(): boolean {
    if (this.size - this.#start >= this.#most) {
      this.#leftOut++
      return false
    }
    if (this.size === this.#capacity) {
      this.#capacity = Math.max(FIRST, 2 * this.#capacity)
      this.droppedAttributes = longerWords(this.droppedAttributes, this.#capacity)
      this.attributes.growRows(this.#capacity)
      this.growParts(this.#capacity)
    }
    this.droppedAttributes[this.size] = 0
    this.clear(this.size)
    return true
  }

  /** Keeps the part at `size`. */
  protected keepPart(): void {
    const { size, droppedAttributes } = this
    const leftOut = this.attributes.end(size)
    if (leftOut > 0) droppedAttributes[size] = sumOf(droppedAttributes[size] ?? 0, leftOut)
    this.size++
  }

  /** Ends the list of a span. Returns the number of parts that were left out beyond the limit. */
  end(row: number): number {
    this.offsets[row + 1] = this.#start = this.size
    const leftOut = this.#leftOut
    if (leftOut > 0) this.tally.leaveOut(this.#name, leftOut)
    this.#leftOut = 0
    return leftOut
  }

  /** Forgets the parts of a span that has not ended. */
  discard(): void {
    this.size = this.#start
    this.#leftOut = 0
    this.attributes.discardFrom(this.size)
  }

  protected abstract growParts(length: number): void
  protected abstract clear(at: number): void
}

/** Events of spans. */
export class Events extends Parts implements EventColumns {
  readonly times = new Times()
  names = new Uint32Array(0)

  constructor(limits: Limits, tally: Tally) {
    super('events', limits, tally)
  }

  /** Keeps the event at `size`. */
  keep(): void {
    this.keepPart()
  }

  protected override growParts(length: number): void {
    this.times.grow(length)
    this.names = longerWords(this.names, length)
  }

  protected override clear(at: number): void {
    this.times.clear(at)
    this.names[at] = 0
  }
}

/** Links of spans. */
export class Links extends Parts implements LinkColumns {
  readonly traces = new Ids(16)
  readonly spans = new Ids(8)
  traceStates = new Uint32Array(0)
  flags = new Uint32Array(0)

  constructor(limits: Limits, tally: Tally) {
    super('links', limits, tally)
  }

  get traceIds(): Uint8Array {
    return this.traces.bytes
  }

  get spanIds(): Uint8Array {
    return this.spans.bytes
  }

  /** Keeps the link at `size`, if its ids are valid. */
  keep(isValid: boolean): void {
    if (isValid) return this.keepPart()
    this.tally.leaveOutLink()
    this.attributes.discard()
  }

  protected override growParts(length: number): void {
    this.traces.grow(length)
    this.spans.grow(length)
    this.traceStates = longerWords(this.traceStates, length)
    this.flags = longerWords(this.flags, length)
  }

  protected override clear(at: number): void {
    this.traceStates[at] = 0
    this.flags[at] = 0
  }
}
