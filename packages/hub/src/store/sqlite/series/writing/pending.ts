import { type Batch, encodeBatch } from '../codec/batch.ts'

/** Offsets from the base of a batch are 32 bits: the first sample is in the middle of what they can hold, 24 days each way. */
const MIDDLE = 2 ** 31

/** Samples of a batch as they are stored. */
export interface EncodedBatch {
  readonly base: number
  readonly samples: Uint8Array
}

/** Samples that were added since the last commit. */
export class PendingSamples {
  #series = new Uint32Array(4_096)
  #offsets = new Uint32Array(4_096)
  #values = new Float64Array(4_096)
  #count = 0
  #base = 0
  /** Earlier samples whose times are too far from those of the current ones. */
  #full: EncodedBatch[] = []
  #fullCount = 0

  get count(): number {
    return this.#fullCount + this.#count
  }

  get isEmpty(): boolean {
    return this.count === 0
  }

  add(series: number, time: number, value: number): void {
    if (this.#count === 0) this.#base = time - MIDDLE
    let offset = time - this.#base
    if (offset < 0 || offset > 0xffffffff) {
      this.#full.push(this.#encoded())
      this.#fullCount += this.#count
      this.#count = 0
      this.#base = time - MIDDLE
      offset = MIDDLE
    }
    if (this.#count === this.#series.length) this.#grow()
    this.#series[this.#count] = series
    this.#offsets[this.#count] = offset
    this.#values[this.#count] = value
    this.#count++
  }

  /** All samples since `clear`, encoded. Usually one batch. */
  batches(): EncodedBatch[] {
    return this.#count === 0 ? this.#full : [...this.#full, this.#encoded()]
  }

  clear(): void {
    this.#count = 0
    this.#full = []
    this.#fullCount = 0
  }

  #encoded(): EncodedBatch {
    const batch: Batch = {
      count: this.#count,
      series: this.#series,
      offsets: this.#offsets,
      base: this.#base,
      values: this.#values,
    }
    return { base: this.#base, samples: encodeBatch(batch) }
  }

  #grow(): void {
    const length = this.#count * 2
    const series = new Uint32Array(length)
    series.set(this.#series)
    this.#series = series
    const offsets = new Uint32Array(length)
    offsets.set(this.#offsets)
    this.#offsets = offsets
    const values = new Float64Array(length)
    values.set(this.#values)
    this.#values = values
  }
}
