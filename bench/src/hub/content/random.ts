/** Numbers that depend on nothing but a seed and a position, so that the content at any position is known without that before it. */
export class Random {
  #state: number

  /** @param seed Of the whole content. @param position Of one part of it, such as a trace */
  constructor(seed: number, position: number) {
    this.#state = (Math.imul(seed, 0x85ebca6b) ^ Math.imul(position + 1, 0x9e3779b1)) | 0
  }

  /** An integer from 0 to 2^32 - 1: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (mulberry32). */
  #word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A number from 0 up to 1. */
  next(): number {
    return this.#word() / 4_294_967_296
  }

  /** An integer from 0 up to `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** @throws {RangeError} for an empty list */
  one<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)]
    if (item === undefined) throw new RangeError('The list is empty.')
    return item
  }

  /** Hexadecimal digits: a multiple of 8. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.#word().toString(16).padStart(8, '0')
    return text
  }
}
