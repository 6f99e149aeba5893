import { descending } from '../evaluate/ordered.ts'

/**
 * A binary heap of the first `size` series of a step by a value, with the last of them on top. Its moves are those of Go's
 * `container/heap`: which of several equal values stays is the same as in Prometheus.
 */
export class Heap {
  readonly #isBefore: (a: number, b: number) => boolean
  readonly #values: number[] = []
  readonly #series: number[] = []

  /** `isBefore` tells which of two values is nearer to the top. */
  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore
  }

  clear(): void {
    this.#values.length = 0
    this.#series.length = 0
  }

  /** Offers a value: it is taken while there is room, or in place of the top where that is worse. */
  offer(value: number, series: number, size: number): void {
    const top = this.#values[0]
    const isFull = this.#values.length >= size
    if (isFull && top !== undefined && !this.#isBefore(top, value) && !Number.isNaN(top)) return
    if (isFull) this.#pop()
    this.#values.push(value)
    this.#series.push(series)
    this.#up(this.#values.length - 1)
  }

  /** The series from the best to the worst. */
  sorted(): number[] {
    const order = descending([...this.#values.keys()], (index) => this.#values[index] ?? NaN, this.#isBefore)
    return order.map((index) => this.#series[index] ?? 0)
  }

  #less(a: number, b: number): boolean {
    const value = this.#values[a] ?? NaN
    return Number.isNaN(value) || this.#isBefore(value, this.#values[b] ?? NaN)
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#values, this.#series]) {
      const held = list[a] ?? 0
      list[a] = list[b] ?? 0
      list[b] = held
    }
  }

  #pop(): void {
    const last = this.#values.length - 1
    this.#swap(0, last)
    this.#down(last)
    this.#values.pop()
    this.#series.pop()
  }

  #up(start: number): void {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#less(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #down(length: number): void {
    let index = 0
    for (let child = 1; child < length; child = 2 * index + 1) {
      const right = child + 1
      const first = right < length && this.#less(right, child) ? right : child
      if (!this.#less(first, index)) return
      this.#swap(index, first)
      index = first
    }
  }
}
