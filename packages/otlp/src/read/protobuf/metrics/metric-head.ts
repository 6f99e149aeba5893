import { METRIC, POINTS } from '../../../metric-fields.ts'
import { type ReadMetric, TEMPORALITIES } from '../../columns.ts'
import type { Interned } from '../../interned.ts'
import { Scratch } from '../../interning/scratch.ts'
import type { Points } from '../../tables/points.ts'
import { Cursor, DELIMITED, tagOf, VARINT } from '../cursor.ts'
import type { SharedParts } from '../sets.ts'

const NAME = tagOf(METRIC.name, DELIMITED)
const DESCRIPTION = tagOf(METRIC.description, DELIMITED)
const UNIT = tagOf(METRIC.unit, DELIMITED)
export const GAUGE = tagOf(METRIC.gauge, DELIMITED)
export const SUM = tagOf(METRIC.sum, DELIMITED)
export const HISTOGRAM = tagOf(METRIC.histogram, DELIMITED)
export const EXPONENTIAL = tagOf(METRIC.exponential, DELIMITED)
export const SUMMARY = tagOf(METRIC.summary, DELIMITED)
export const POINT = tagOf(POINTS.points, DELIMITED)
const TEMPORALITY = tagOf(POINTS.temporality, VARINT)
const MONOTONIC = tagOf(POINTS.monotonic, VARINT)

/**
 * Everything of a `Metric` but its points. These fields may come after the points, so they are read in a first pass through the
 * message.
 */
export class MetricHead {
  /** Tag of the field with the points. 0 without any. */
  kind = 0
  /** Where the first field with this tag begins. If there are several kinds, the last one counts. */
  from = 0
  /** Number of points. */
  count = 0
  readonly #interned: Interned
  readonly #shared: SharedParts
  readonly #scratch = new Scratch()
  /** Start and end of the name, the description and the unit. */
  readonly #texts = new Uint32Array(6)
  #temporality = 0
  #isMonotonic = false

  constructor(shared: SharedParts, interned: Interned) {
    this.#shared = shared
    this.#interned = interned
  }

  get hasName(): boolean {
    return this.#texts[0] !== this.#texts[1]
  }

  /** Reads a `Metric` that ends at `stop`. */
  read(cursor: Cursor, stop: number): void {
    this.#texts.fill(0)
    this.#begin(0, cursor.at)
    while (cursor.at < stop) {
      const from = cursor.at
      const tag = cursor.tag()
      switch (tag) {
        case NAME:
          this.#text(cursor, stop, 0)
          break
        case DESCRIPTION:
          this.#text(cursor, stop, 2)
          break
        case UNIT:
          this.#text(cursor, stop, 4)
          break
        case GAUGE:
        case SUM:
        case HISTOGRAM:
        case EXPONENTIAL:
        case SUMMARY:
          // Messages of the same kind are merged.
          if (tag !== this.kind) this.#begin(tag, from)
          this.#data(cursor, cursor.delimited(stop))
          break
        default:
          cursor.skip(tag, stop)
      }
    }
    cursor.end(stop)
  }

  /** The index of the metric in the list of the call. */
  indexIn(points: Points, cursor: Cursor, resource: number, scope: number, kind: ReadMetric['kind']): number {
    const { origins, tally } = this.#interned
    const scratch = this.#scratch
    const own = points.originOf(resource, scope)
    scratch.clear()
    scratch.word(origins.numberOf(own.resource))
    scratch.word(origins.numberOf(own.scope))
    scratch.word(this.kind)
    scratch.word(2 * this.#temporality + (this.#isMonotonic ? 1 : 0))
    for (let at = 0; at < 6; at += 2) {
      const start = this.#texts[at] ?? 0
      const end = this.#texts[at + 1] ?? 0
      scratch.word(end - start)
      scratch.copy(cursor.bytes, start, end)
    }
    const known = origins.metrics.find(scratch, 0, scratch.size)
    if (known >= 0) return known
    const { losses } = tally
    const metric = origins.metric({
      ...own,
      name: this.#textOf(cursor, 0),
      description: this.#textOf(cursor, 2),
      unit: this.#textOf(cursor, 4),
      kind,
      temporality: TEMPORALITIES[this.#temporality] ?? 'unspecified',
      monotonic: this.#isMonotonic,
    })
    // A metric with a shortened text is read each time, so that the text is counted each time.
    if (tally.losses > losses) return origins.metrics.push(metric)
    return origins.metrics.add(scratch, 0, scratch.size, metric)
  }

  #begin(kind: number, from: number): void {
    this.kind = kind
    this.from = from
    this.count = 0
    this.#temporality = 0
    this.#isMonotonic = false
  }

  #text(cursor: Cursor, stop: number, at: number): void {
    const end = cursor.delimited(stop)
    this.#texts[at] = cursor.at
    this.#texts[at + 1] = end
    cursor.at = end
  }

  /** Reads what all points of a message have in common, and counts them. */
  #data(cursor: Cursor, stop: number): void {
    const { kind } = this
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === POINT) {
        this.count++
        cursor.at = cursor.delimited(stop)
      } else if (tag === TEMPORALITY && kind !== GAUGE && kind !== SUMMARY) {
        const temporality = cursor.varint()
        this.#temporality = temporality < TEMPORALITIES.length ? temporality : 0
      } else if (tag === MONOTONIC && kind === SUM) this.#isMonotonic = (cursor.varint() | cursor.high) !== 0
      else cursor.skip(tag, stop)
    }
    cursor.end(stop)
  }

  #textOf(cursor: Cursor, at: number): string {
    cursor.at = this.#texts[at] ?? 0
    return this.#shared.text(cursor, this.#texts[at + 1] ?? 0)
  }
}
