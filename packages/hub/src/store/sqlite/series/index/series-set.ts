/** Series of a page. */
const PAGE_BITS = 2_048
const PAGE_WORDS = PAGE_BITS / 32
const PAGE_BYTES = PAGE_BITS / 8

/** A set of series numbers: pages of bits, so that sets are combined word by word. */
export class SeriesSet {
  readonly #pages = new Map<number, Uint32Array>()

  /** The number of the page that has a series. */
  static pageOf(series: number): number {
    return Math.floor(series / PAGE_BITS)
  }

  /** The pages as they are stored: as bits, or as a list of 16-bit positions where that is shorter. */
  pages(): Array<[page: number, stored: Uint8Array]> {
    return [...this.#pages].map(([page, words]) => [page, storedPage(words)])
  }

  /** Adds the series of a stored page. */
  addPage(page: number, stored: Uint8Array): void {
    if (stored.length === PAGE_BYTES) {
      const aligned = stored.byteOffset % 4 === 0 ? stored : stored.slice()
      this.#addWords(page, new Uint32Array(aligned.buffer, aligned.byteOffset, PAGE_WORDS))
      return
    }
    for (let index = 0; index + 1 < stored.length; index += 2)
      this.add(page * PAGE_BITS + ((stored[index] ?? 0) | ((stored[index + 1] ?? 0) << 8)))
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
      else
        for (let word = 0; word < PAGE_WORDS; word++) words[word] = (words[word] ?? 0) & (others[word] ?? 0)
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
    for (const [page, words] of other.#pages) this.#addWords(page, words.slice())
  }

  /** Whether one of the series that both sets have meets a condition. Ends with the first one. */
  someOf(other: SeriesSet, isMet: (series: number) => boolean): boolean {
    for (const [page, words] of this.#pages) {
      const others = other.#pages.get(page)
      if (others === undefined) continue
      for (let word = 0; word < PAGE_WORDS; word++) {
        for (let rest = (words[word] ?? 0) & (others[word] ?? 0); rest !== 0; rest &= rest - 1)
          if (isMet(page * PAGE_BITS + word * 32 + 31 - Math.clz32(rest & -rest))) return true
      }
    }
    return false
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

  #addWords(page: number, words: Uint32Array): void {
    const mine = this.#pages.get(page)
    if (mine === undefined) this.#pages.set(page, words)
    else for (let word = 0; word < PAGE_WORDS; word++) mine[word] = (mine[word] ?? 0) | (words[word] ?? 0)
  }
}

function storedPage(words: Uint32Array): Uint8Array {
  const positions: number[] = []
  for (let word = 0; word < PAGE_WORDS; word++) {
    for (let rest = words[word] ?? 0; rest !== 0; rest &= rest - 1)
      positions.push(word * 32 + 31 - Math.clz32(rest & -rest))
    if (positions.length * 2 >= PAGE_BYTES)
      return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
  }
  return Uint8Array.from(positions.flatMap((position) => [position & 0xff, position >>> 8]))
}
