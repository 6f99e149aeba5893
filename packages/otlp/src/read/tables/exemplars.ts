import type { ExemplarColumns } from '../columns.ts'
import { Ids, longerNumbers, longerWords, Times } from './columns.ts'

const FIRST = 64

/** Exemplars of points, in columns that grow. */
export class Exemplars implements ExemplarColumns {
  offsets = new Uint32Array(1)
  readonly times = new Times()
  values = new Float64Array(0)
  readonly traces = new Ids(16)
  readonly spans = new Ids(8)
  sets = new Uint32Array(0)
  /** Number of exemplars. The next one is written at this index. */
  size = 0
  #capacity = 0

  get traceIds(): Uint8Array {
    return this.traces.bytes
  }

  get spanIds(): Uint8Array {
    return this.spans.bytes
  }

  begin(): void {
    this.size = 0
  }

  growRows(length: number): void {
    this.offsets = longerWords(this.offsets, length + 1)
  }

  /** Makes room for an exemplar at `size`, with empty fields. */
  room(): void {
    const at = this.size
    if (at === this.#capacity) this.#grow()
    this.times.clear(at)
    this.values[at] = 0
    this.traces.clear(at)
    this.spans.clear(at)
    this.sets[at] = 0
  }

  /** Ends the list of a point. */
  end(row: number): void {
    this.offsets[row + 1] = this.size
  }

  /** Forgets the exemplars of a point that has not ended. */
  discard(row: number): void {
    this.size = this.offsets[row] ?? 0
  }

  #grow(): void {
    this.#capacity = Math.max(FIRST, 2 * this.#capacity)
    this.times.grow(this.#capacity)
    this.values = longerNumbers(this.values, this.#capacity)
    this.traces.grow(this.#capacity)
    this.spans.grow(this.#capacity)
    this.sets = longerWords(this.sets, this.#capacity)
  }
}
