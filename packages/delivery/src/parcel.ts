/** Memory overhead of an item: its end position and its count. */
const ITEM_COST = 16
/** Memory overhead of a parcel: an upper estimate of its objects. */
const PARCEL_COST = 512

/**
 * A batch of items in one block of memory outside the JavaScript heap. A queue of a hundred thousand items is
 * then a few hundred objects for the garbage collector, and its size is known to the byte.
 */
export class Parcel {
  readonly valuable: boolean
  /** Time of the first item, in milliseconds on the monotonic clock. */
  readonly openedAt: number
  /** The number of spans, records or points in its items. */
  count = 0
  /** Bytes of all items. */
  size = 0
  /** Number of items. */
  length = 0
  /** Name of the file that also holds the parcel. */
  file: string | undefined = undefined
  /** Whether the parcel was delivered or dropped. */
  settled = false
  #block: Buffer | undefined
  #room: number
  #ends: number[] = []
  #counts: number[] = []

  /**
   * @param block Memory for the items; `undefined`: the items are in a file
   * @param room Maximum number of items
   */
  constructor(valuable: boolean, openedAt: number, block: Buffer | undefined, room: number) {
    this.valuable = valuable
    this.openedAt = openedAt
    this.#block = block
    this.#room = room
  }

  /** The memory cost of an unsealed parcel of this size. */
  static cost(bytes: number, room: number): number {
    return PARCEL_COST + bytes + room * ITEM_COST
  }

  /** Creates a parcel whose items are in a file. */
  static stored(
    { valuable, count, length, size }: Pick<Parcel, 'valuable' | 'count' | 'length' | 'size'>,
    openedAt: number,
  ): Parcel {
    const parcel = new Parcel(valuable, openedAt, undefined, 0)
    Object.assign(parcel, { count, length, size })
    return parcel
  }

  /** Its memory cost, in bytes. */
  get cost(): number {
    return Parcel.cost(this.#block?.length ?? 0, this.#room)
  }

  /** Whether the items are in memory. */
  get isLoaded(): boolean {
    return this.#block !== undefined
  }

  fits(size: number): boolean {
    return this.#block !== undefined && this.size + size <= this.#block.length && this.length < this.#room
  }

  /** Adds an item of `size` bytes. The caller checks `fits` first. */
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

  /** Closes the parcel for further items, and returns its unused memory. */
  seal(): void {
    if (this.#block && this.size < this.#block.length * 0.75) {
      const fitting = Buffer.allocUnsafeSlow(this.size)
      this.#block.copy(fitting, 0, 0, this.size)
      this.#block = fitting
    }
    this.#room = this.length
  }

  /** The items, as views of the parcel's memory. */
  items(): Uint8Array[] {
    return this.#ends.map((end, i) => this.#view(i, end))
  }

  *counted(): Iterable<readonly [item: Uint8Array, count: number]> {
    for (const [i, end] of this.#ends.entries()) yield [this.#view(i, end), this.#counts[i] ?? 1]
  }

  /** Splits the items into two parcels. */
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

  /** Removes the items from memory, and returns their block. */
  unload(): Buffer | undefined {
    const block = this.#block
    this.#block = undefined
    this.#room = 0
    this.#ends = []
    this.#counts = []
    return block
  }

  /** Replaces the items. */
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
