/** Bytes that contain a text or a message, with both views on them. */
export interface Bytes {
  readonly bytes: Uint8Array
  /** The same bytes. */
  readonly view: DataView
}

/** Slots that are tried for a hash. A limit keeps sequences of equal hash, chosen by an attacker, from slowing down a search. */
const PROBES = 8
/** Words of a slot: hash, length plus 1 (0 for a free slot), first word in the arena, place in the current call. */
const STRIDE = 4
const FIRST_ARENA = 16_384

/** Bounds of a table. */
export interface Bounds {
  /** Most objects, a power of 2. */
  readonly entries: number
  /** Most bytes of all keys. */
  readonly bytes: number
  /** Most bytes of one key. A longer one is not interned. */
  readonly longest: number
  /** Whether a key is kept when it comes the second time, since most keys never do. Otherwise it is kept at once. */
  readonly onlyRepeated?: boolean
}

/**
 * Objects by the bytes that they were read from. The table lives across calls of a reader; each call has its own list of the objects
 * that it uses. The table is bounded: when it is full, it starts again empty with the next call.
 */
export class ByteTable<T> {
  readonly #slots: Uint32Array
  readonly #mask: number
  readonly #bounds: Bounds
  readonly #seed = (Math.random() * 0x1_0000_0000) >>> 0
  /** The last hash of each slot that was not found. */
  readonly #seen: Uint32Array
  /** By slot. */
  #held: (T | undefined)[] = []
  /** Copies of the bytes, padded to whole words. */
  #arena = new Uint32Array(FIRST_ARENA)
  #words = 0
  #entries = 0
  /** The objects of the current call, and their slots. */
  #values: T[] = []
  #marked: number[] = []
  readonly #places = new Map<T, number>()
  /** What {@link find} looked for last. */
  #hash = 0
  #free = -1

  constructor(bounds: Bounds) {
    this.#bounds = bounds
    this.#slots = new Uint32Array(2 * bounds.entries * STRIDE)
    this.#mask = 2 * bounds.entries - 1
    this.#seen = new Uint32Array(2 * bounds.entries)
  }

  /** Begins a call. Returns its list of objects, which {@link find} and {@link add} append to. */
  begin(...first: T[]): T[] {
    for (const slot of this.#marked) this.#slots[slot * STRIDE + 3] = 0
    this.#marked = []
    this.#places.clear()
    const { entries, bytes, longest } = this.#bounds
    if (this.#entries >= entries || 4 * this.#words + longest > bytes) this.#clear()
    return (this.#values = first)
  }

  /** The index of the object for the bytes from `start` to `end` in the list of the call. -1 if there is none. */
  find({ bytes, view }: Bytes, start: number, end: number): number {
    const length = end - start
    this.#free = -1
    if (length > this.#bounds.longest) return -1
    const hash = hashOf(bytes, view, start, end, this.#seed)
    this.#hash = hash
    const slots = this.#slots
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & this.#mask
      const at = slot * STRIDE
      const held = slots[at + 1] ?? 0
      if (held === 0) {
        this.#free = slot
        return -1
      }
      if (held !== length + 1 || slots[at] !== hash) continue
      if (!this.#equal(slots[at + 2] ?? 0, bytes, view, start, end)) continue
      const mark = slots[at + 3] ?? 0
      return mark > 0 ? mark - 1 : this.#mark(slot)
    }
    return -1
  }

  /** Adds the object for the bytes that {@link find} has just not found. Returns its index in the list of the call. */
  add({ bytes, view }: Bytes, start: number, end: number, value: T): number {
    const slot = this.#free
    const hash = this.#hash
    const place = hash & this.#mask
    if (slot < 0) return this.push(value)
    if (this.#bounds.onlyRepeated === true && this.#seen[place] !== hash) {
      this.#seen[place] = hash
      return this.push(value)
    }
    const words = (end - start + 3) >>> 2
    const { entries, bytes: most } = this.#bounds
    if (this.#entries >= entries || 4 * (this.#words + words) > most) return this.push(value)
    while (this.#words + words > this.#arena.length) this.#grow()
    const at = slot * STRIDE
    this.#slots[at] = hash
    this.#slots[at + 1] = end - start + 1
    this.#slots[at + 2] = this.#words
    for (let from = start; from < end; from += 4)
      this.#arena[this.#words++] = from + 4 <= end ? view.getUint32(from, true) : tail(bytes, from, end)
    this.#held[slot] = value
    this.#entries++
    this.#free = -1
    return this.#mark(slot)
  }

  /** Adds an object to the list of the call only. Returns its index. */
  push(value: T): number {
    return this.#values.push(value) - 1
  }

  /** The index of an object that was not read from bytes. Adds it to the list of the call if it is not there. */
  place(value: T): number {
    let index = this.#places.get(value)
    if (index === undefined) this.#places.set(value, (index = this.push(value)))
    return index
  }

  #mark(slot: number): number {
    // Every slot with bytes holds an object.
    const index = this.#values.push(this.#held[slot] as T) - 1
    this.#slots[slot * STRIDE + 3] = index + 1
    this.#marked.push(slot)
    return index
  }

  #equal(word: number, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const arena = this.#arena
    let at = word
    let from = start
    for (; from + 4 <= end; from += 4) if (arena[at++] !== view.getUint32(from, true)) return false
    return from === end || arena[at] === tail(bytes, from, end)
  }

  #grow(): void {
    const arena = new Uint32Array(2 * this.#arena.length)
    arena.set(this.#arena)
    this.#arena = arena
  }

  #clear(): void {
    this.#slots.fill(0)
    this.#held = []
    this.#words = 0
    this.#entries = 0
  }
}

function hashOf(bytes: Uint8Array, view: DataView, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start)
  let from = start
  for (; from + 4 <= end; from += 4) {
    hash = Math.imul(hash ^ view.getUint32(from, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  if (from < end) hash = Math.imul(hash ^ tail(bytes, from, end), 0x85ebca6b)
  hash ^= hash >>> 13
  return hash >>> 0
}

/** The last one to three bytes as a word. */
function tail(bytes: Uint8Array, from: number, end: number): number {
  let word = bytes[from] ?? 0
  if (from + 1 < end) word |= (bytes[from + 1] ?? 0) << 8
  if (from + 2 < end) word |= (bytes[from + 2] ?? 0) << 16
  return word
}
