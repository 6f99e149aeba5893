import { performance } from 'node:perf_hooks'

import { Lane } from './lane.ts'
import type { Batch } from './options.ts'
import { Parcel } from './parcel.ts'

/** How large the blocks are in which items are kept; smaller where the queue itself is small. */
const BLOCK_BYTES = 64 * 1_024
/** A queue consists of this many blocks at least, so that little is dropped at once. */
const FEWEST_BLOCKS = 16
/** The part of a queue that one item may take. */
const LARGEST_ITEM = 1 / 4
/** A block is made for items of at least this many bytes on average. */
const SMALL_ITEM = 32

export interface QueueBounds {
  /** Bytes of memory that it may take, whatever is kept for each item included. */
  readonly maxBytes: number
  readonly batch: Batch
}

/** What a queue does with parcels by itself. Told after it is done. */
export interface QueueChanges {
  /** The parcel had to make room. */
  overflowed(parcel: Parcel): void
  /** Two others have taken the parcel's place. */
  halved(parcel: Parcel): void
}

/** What is not settled yet, waiting or under way, within its bound. What overflows is the oldest of the least valuable. */
export class Queue {
  /** How much the smallest request carries that is worth its while. */
  readonly blockBytes: number
  /** Bytes of memory that it takes. */
  bytes = 0
  /** For how many spans, records or points its items stand. */
  count = 0
  readonly #maxBytes: number
  readonly #batch: Batch
  readonly #changes: QueueChanges
  readonly #ordinary = new Lane(false)
  readonly #valuable = new Lane(true)
  readonly #underWay = new Set<Parcel>()

  constructor({ maxBytes, batch }: QueueBounds, changes: QueueChanges) {
    this.#maxBytes = maxBytes
    this.#batch = batch
    this.#changes = changes
    this.blockBytes = Math.min(BLOCK_BYTES, batch.bytes, Math.floor(maxBytes / FEWEST_BLOCKS))
  }

  /** Whether as much waits as one request may carry. */
  get hasBatch(): boolean {
    const { bytes, items } = this.#batch
    return (
      this.#valuable.bytes + this.#ordinary.bytes >= bytes ||
      this.#valuable.items + this.#ordinary.items >= items
    )
  }

  /** When the oldest item will have waited for as long as it should; `Infinity`: nothing waits. */
  get dueAt(): number {
    const valuable = this.#valuable.oldest?.openedAt ?? Number.POSITIVE_INFINITY
    const ordinary = this.#ordinary.oldest?.openedAt ?? Number.POSITIVE_INFINITY
    return Math.min(valuable, ordinary) + this.#batch.age
  }

  /** Whether an item of so many bytes can ever be taken. */
  takes(size: number): boolean {
    return size <= this.#maxBytes * LARGEST_ITEM
  }

  /** Takes an item in. `false`: there is no room, and nothing less valuable that could make some. */
  push(item: Uint8Array | string, size: number, count: number, valuable: boolean): boolean {
    const lane = valuable ? this.#valuable : this.#ordinary
    let parcel = lane.open
    if (parcel === undefined || !parcel.fits(size)) {
      parcel = this.#openFor(lane, size)
      if (parcel === undefined) return false
    }
    parcel.add(item, size, count)
    this.count += count
    return true
  }

  /** Takes in what lies in files since an earlier run: it is the oldest. */
  adopt(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) this.#account(parcel, 1)
    this.#putFirst(parcels)
  }

  /**
   * What is to travel next, valuable items first: at least one parcel where there is any, more as long as they are within
   * the limit.
   */
  take(maxBytes: number): Parcel[] {
    const taken: Parcel[] = []
    let bytes = 0
    let items = 0
    for (const lane of [this.#valuable, this.#ordinary]) {
      for (;;) {
        this.#sealWhereEmpty(lane)
        const next = lane.oldest
        if (next === undefined) break
        if (taken.length === 0 && next.isLoaded && next.length > 1 && next.size > maxBytes) {
          this.#halve(lane, next)
          continue
        }
        bytes += next.size
        items += next.length
        if (taken.length > 0 && (bytes > maxBytes || items > this.#batch.items)) return taken
        lane.remove(next)
        this.#underWay.add(next)
        taken.push(next)
      }
    }
    return taken
  }

  /** Puts back what could not be delivered: it is the first to travel again. */
  restore(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) this.#underWay.delete(parcel)
    this.#putFirst(parcels)
    // What had to be read from its file may have taken more room than there is.
    while (this.bytes > this.#maxBytes) {
      const parcel = this.#unloadable()
      if (parcel === undefined) return
      this.#unload(parcel)
    }
  }

  /** Lets go of a parcel, whether it waits or is under way: it is delivered or dropped. */
  release(parcel: Parcel): void {
    if (!this.#underWay.delete(parcel)) this.#laneOf(parcel).remove(parcel)
    parcel.settled = true
    this.#account(parcel, -1)
  }

  /** All sealed parcels: first those under way, then the less valuable ones, oldest first. */
  *parcels(): Iterable<Parcel> {
    yield* this.#underWay
    yield* this.#ordinary.sealed
    yield* this.#valuable.sealed
  }

  /** The oldest parcel that waits in a file only: an ordinary one, or where there is none a valuable one, if that may be. */
  oldestUnloaded(mayBeValuable: boolean): Parcel | undefined {
    return this.#oldest((parcel) => !parcel.isLoaded, mayBeValuable)
  }

  /** Seals what was opened before a moment of the monotonic clock. */
  sealOpenedBefore(moment: number): void {
    for (const lane of [this.#valuable, this.#ordinary])
      if (lane.open && lane.open.openedAt < moment) this.#seal(lane)
  }

  /** Lets a parcel that is in the queue change its memory or its count. */
  change(parcel: Parcel, work: () => void): void {
    this.#account(parcel, -1)
    work()
    this.#account(parcel, 1)
  }

  #openFor(lane: Lane, size: number): Parcel | undefined {
    this.#seal(lane)
    const bytes = Math.max(size, this.blockBytes)
    const room = Math.min(this.#batch.items, Math.max(1, Math.floor(bytes / SMALL_ITEM)))
    const cost = Parcel.cost(bytes, room)
    // A full queue goes on in the memory of what it drops: the collector would let twice as much pile up.
    let block: Buffer | undefined
    while (this.bytes + cost > this.#maxBytes) {
      const stored = this.#unloadable()
      const parcel = stored ?? this.#droppable(lane.valuable)
      if (parcel === undefined) return undefined
      const freed = parcel === stored ? this.#unload(parcel) : this.#drop(parcel)
      if (freed?.length === bytes) block = freed
    }
    lane.open = new Parcel(lane.valuable, performance.now(), block ?? Buffer.allocUnsafeSlow(bytes), room)
    this.bytes += lane.open.cost
    return lane.open
  }

  #seal(lane: Lane): void {
    const parcel = lane.open
    if (parcel === undefined) return
    lane.open = undefined
    this.change(parcel, () => parcel.seal())
    lane.append(parcel)
  }

  #halve(lane: Lane, parcel: Parcel): void {
    const halves = parcel.halves()
    this.release(parcel)
    for (const half of halves) this.#account(half, 1)
    lane.putFirst(halves)
    this.#changes.halved(parcel)
  }

  /** The oldest parcel that lies in a file too. */
  #unloadable(): Parcel | undefined {
    return this.#oldest((parcel) => parcel.isLoaded && parcel.file !== undefined, true)
  }

  #unload(parcel: Parcel): Buffer | undefined {
    let block: Buffer | undefined
    this.change(parcel, () => {
      block = parcel.unload()
    })
    return block
  }

  /** The oldest parcel that is no more valuable than what needs its room: one in memory, for those give most of it. */
  #droppable(forValuable: boolean): Parcel | undefined {
    if (forValuable) this.#sealWhereEmpty(this.#ordinary)
    const inMemory = this.#oldest((parcel) => parcel.isLoaded, forValuable)
    return inMemory ?? this.oldestUnloaded(forValuable)
  }

  #oldest(holds: (parcel: Parcel) => boolean, mayBeValuable: boolean): Parcel | undefined {
    const ordinary = this.#ordinary.sealed.find(holds)
    return ordinary ?? (mayBeValuable ? this.#valuable.sealed.find(holds) : undefined)
  }

  #drop(parcel: Parcel): Buffer | undefined {
    this.release(parcel)
    this.#changes.overflowed(parcel)
    return parcel.unload()
  }

  #sealWhereEmpty(lane: Lane): void {
    if (lane.sealed.length === 0) this.#seal(lane)
  }

  #putFirst(parcels: readonly Parcel[]): void {
    this.#valuable.putFirst(parcels)
    this.#ordinary.putFirst(parcels)
  }

  #laneOf({ valuable }: Parcel): Lane {
    return valuable ? this.#valuable : this.#ordinary
  }

  #account(parcel: Parcel, sign: 1 | -1): void {
    this.bytes += sign * parcel.cost
    this.count += sign * parcel.count
  }
}
