/** Bits of a page. A page is stored as one blob, and its size is a compromise between labels of few and of many series. */
const PAGE_BITS = 2_048
const PAGE_WORDS = PAGE_BITS / 32

/** A set of series numbers: pages of bits, so that sets are combined word by word. */
export class SeriesSet {
  readonly #pages = new Map<number, Uint32Array>()

  /** The number of the page that has a series. */
  static pageOf(series: number): number {
    return Math.floor(series / PAGE_BITS)
  }

  /** The pages that have bits, as they are stored. */
  pages(): Array<[page: number, bits: Uint8Array]> {
    return [...this.#pages].map(([page, words]) => [page, bytesOf(words)])
  }

  /** Adds the series of a stored page. */
  addPage(page: number, bits: Uint8Array): void {
    const aligned = bits.byteOffset % 4 === 0 ? bits : bits.slice()
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, PAGE_WORDS)
    const mine = this.#pages.get(page)
    if (mine === undefined) this.#pages.set(page, words)
    else for (let word = 0; word < PAGE_WORDS; word++) mine[word] = (mine[word] ?? 0) | (words[word] ?? 0)
  }

  add(series: number): void {
    const page = SeriesSet.pageOf(series)
    let words = this.#pages.get(page)
    if (words === undefined) this.#pages.set(page, (words = new Uint32Array(PAGE_WORDS)))
    const word = (series >>> 5) % PAGE_WORDS
    words[word] = (words[word] ?? 0) | (1 << (series & 31))
  }

  has(series: number): boolean {
    const word = this.#pages.get(SeriesSet.pageOf(series))?.[(series >>> 5) % PAGE_WORDS]
    return word !== undefined && ((word >>> (series & 31)) & 1) === 1
  }

  /** Keeps only the series that the other set has too. */
  keep(other: SeriesSet): void {
    for (const [page, words] of this.#pages) {
      const others = other.#pages.get(page)
      if (others === undefined) this.#pages.delete(page)
      else for (let word = 0; word < PAGE_WORDS; word++) words[word] = (words[word] ?? 0) & (others[word] ?? 0)
    }
  }

  /** Removes the series of the other set. */
  remove(other: SeriesSet): void {
    for (const [page, words] of this.#pages) {
      const others = other.#pages.get(page)
      if (others === undefined) continue
      for (let word = 0; word < PAGE_WORDS; word++) words[word] = (words[word] ?? 0) & ~(others[word] ?? 0)
    }
  }

  /** Adds the series of the other set. */
  addAll(other: SeriesSet): void {
    for (const [page, words] of other.#pages) {
      if (this.#pages.has(page)) this.addPage(page, bytesOf(words))
      else this.#pages.set(page, words.slice())
    }
  }

  get isEmpty(): boolean {
    return [...this.#pages.values()].every((words) => words.every((word) => word === 0))
  }

  /** The numbers of the series, ascending. */
  numbers(): number[] {
    const numbers: number[] = []
    for (const page of [...this.#pages.keys()].toSorted((a, b) => a - b)) {
      this.#pages.get(page)?.forEach((bits, word) => {
        for (let rest = bits; rest !== 0; rest &= rest - 1) {
          const bit = 31 - Math.clz32(rest & -rest)
          numbers.push(page * PAGE_BITS + word * 32 + bit)
        }
      })
    }
    return numbers
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
