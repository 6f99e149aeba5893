import { type LogColumns, VALUE } from '../columns.ts'
import type { Interned } from '../interned.ts'
import { Attributes, sumOf } from './attributes.ts'
import { Ids, longerBytes, longerNumbers, longerWords, Times } from './columns.ts'
import { Rows } from './rows.ts'

/** Log records, in columns that grow. */
export class Logs extends Rows implements LogColumns {
  resource = new Uint32Array(0)
  scope = new Uint32Array(0)
  readonly times = new Times()
  readonly observedTimes = new Times()
  severities = new Uint8Array(0)
  severityTexts = new Uint32Array(0)
  bodyTypes = new Uint8Array(0)
  bodies = new Float64Array(0)
  readonly attributes: Attributes
  droppedAttributes = new Uint32Array(0)
  flags = new Uint32Array(0)
  readonly traces = new Ids(16)
  readonly spans = new Ids(8)
  eventNames = new Uint32Array(0)

  constructor(interned: Interned) {
    super(interned)
    this.attributes = new Attributes(interned.limits.attributes, interned.tally)
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

  /** Keeps the row after the last one. Every log record is valid: one with an invalid id has none, as the specification says. */
  keep(): void {
    const row = this.rows++
    const leftOut = this.attributes.end(row)
    if (leftOut > 0) this.droppedAttributes[row] = sumOf(this.droppedAttributes[row] ?? 0, leftOut)
    if (this.times.ms[row] === 0 && this.times.ns[row] === 0) this.times.copy(row, this.observedTimes)
  }

  protected override reset(): void {
    this.attributes.begin()
  }

  protected override grow(length: number): void {
    this.resource = longerWords(this.resource, length)
    this.scope = longerWords(this.scope, length)
    this.times.grow(length)
    this.observedTimes.grow(length)
    this.severities = longerBytes(this.severities, length)
    this.severityTexts = longerWords(this.severityTexts, length)
    this.bodyTypes = longerBytes(this.bodyTypes, length)
    this.bodies = longerNumbers(this.bodies, length)
    this.attributes.growRows(length)
    this.droppedAttributes = longerWords(this.droppedAttributes, length)
    this.flags = longerWords(this.flags, length)
    this.traces.grow(length)
    this.spans.grow(length)
    this.eventNames = longerWords(this.eventNames, length)
  }

  protected override clear(row: number): void {
    this.times.clear(row)
    this.observedTimes.clear(row)
    this.severities[row] = 0
    this.severityTexts[row] = 0
    this.bodyTypes[row] = VALUE.empty
    this.bodies[row] = 0
    this.droppedAttributes[row] = 0
    this.flags[row] = 0
    this.traces.clear(row)
    this.spans.clear(row)
    this.eventNames[row] = 0
  }
}
