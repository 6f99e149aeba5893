/** What an item costs in memory beside its bytes: where it ends, and for how many it stands. */
const ITEM_COST = 16
/** What a parcel costs beside its items: the objects that it consists of, generously. */
const PARCEL_COST = 512

/**
 * Items that travel together. They lie one behind the other in one block of memory outside the garbage collector's
 * reach, so that a queue of a hundred thousand items is a few hundred objects, and its size is known to the byte.
 */
export class Parcel {
  readonly valuable: boolean
  /** Milliseconds on the monotonic clock: when its first item came. */
  readonly openedAt: number
  /** For how many spans, records or points its items stand. */
  count = 0
  /** Bytes of all items. */
  size = 0
  /** How many items there are. */
  length = 0
  /** The file that holds it too. */
  file: string | undefined = undefined
  /** It has been delivered or dropped. */
  settled = false
  #block: Buffer | undefined
  #room: number
  #ends: number[] = []
  #counts: number[] = []

  /**
   * @param block The memory for its items; `undefined`: they lie elsewhere
   * @param room How many items it takes at most
   */
  constructor(valuable: boolean, openedAt: number, block: Buffer | undefined, room: number) {
    this.valuable = valuable
    this.openedAt = openedAt
    this.#block = block
    this.#room = room
  }

  /** What a parcel of these dimensions costs before it is sealed. */
  static cost(bytes: number, room: number): number {
    return PARCEL_COST + bytes + room * ITEM_COST
  }

  /** A parcel whose items lie elsewhere. */
  static stored(
    { valuable, count, length, size }: Pick<Parcel, 'valuable' | 'count' | 'length' | 'size'>,
    openedAt: number,
  ): Parcel {
    const parcel = new Parcel(valuable, openedAt, undefined, 0)
    Object.assign(parcel, { count, length, size })
    return parcel
  }

  /** Bytes of memory that it takes. */
  get cost(): number {
    return Parcel.cost(this.#block?.length ?? 0, this.#room)
  }

  /** Whether its items are in memory, not in a file only. */
  get isLoaded(): boolean {
    return this.#block !== undefined
  }

  fits(size: number): boolean {
    return this.#block !== undefined && this.size + size <= this.#block.length && this.length < this.#room
  }

  /** Adds an item of `size` bytes that fits. */
  add(item: Uint8Array | string, size: number, count: number): void {
    if (this.#block === undefined) return
    if (typeof item === 'string') this.#block.write(item, this.size, 'utf8')
    else this.#block.set(item, this.size)
    this.size += size
    this.count += count
    this.length++
    this.#ends.push(this.size)
    this.#counts.push(count)
  }

  /** Takes no more items, and gives back the memory that they did not need. */
  seal(): void {
    if (this.#block && this.size < this.#block.length * 0.75) {
      const fitting = Buffer.allocUnsafeSlow(this.size)
      this.#block.copy(fitting, 0, 0, this.size)
      this.#block = fitting
    }
    this.#room = this.length
  }

  /** Its items, as views of its memory. */
  items(): Uint8Array[] {
    return this.#ends.map((end, i) => this.#view(i, end))
  }

  *counted(): Iterable<readonly [item: Uint8Array, count: number]> {
    for (const [i, end] of this.#ends.entries()) yield [this.#view(i, end), this.#counts[i] ?? 1]
  }

  /** Two parcels that hold its items, half each. */
  halves(): [Parcel, Parcel] {
    const middle = Math.ceil(this.length / 2)
    const entries = [...this.counted()]
    const half = (part: typeof entries) => {
      const parcel = new Parcel(this.valuable, this.openedAt, undefined, 0)
      parcel.fill(part)
      return parcel
    }
    return [half(entries.slice(0, middle)), half(entries.slice(middle))]
  }

  /** Forgets its items, and gives back the memory in which they were. */
  unload(): Buffer | undefined {
    const block = this.#block
    this.#block = undefined
    this.#room = 0
    this.#ends = []
    this.#counts = []
    return block
  }

  /** Holds these items, and no others. */
  fill(entries: ReadonlyArray<readonly [item: Uint8Array, count: number]>): void {
    let bytes = 0
    for (const [item] of entries) bytes += item.length
    this.unload()
    this.#block = Buffer.allocUnsafeSlow(bytes)
    this.#room = entries.length
    this.size = this.count = this.length = 0
    for (const [item, count] of entries) this.add(item, item.length, count)
  }

  #view(index: number, end: number): Uint8Array {
    const start = index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
    return this.#block?.subarray(start, end) ?? new Uint8Array(0)
  }
}
