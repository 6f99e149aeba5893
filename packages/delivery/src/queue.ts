import { performance } from 'node:perf_hooks'

import { Lane } from './lane.ts'
import type { Batch } from './options.ts'
import { Parcel } from './parcel.ts'

/** Size of the memory blocks for items. A small queue has smaller blocks. */
const BLOCK_BYTES = 64 * 1_024
/** Minimum number of blocks in a queue, so that an overflow drops a small part of it. */
const FEWEST_BLOCKS = 16
/** Maximum share of the queue for one item. */
const LARGEST_ITEM = 1 / 4
/** Minimum average size of the items that a block is made for, in bytes. */
const SMALL_ITEM = 32

export interface QueueBounds {
  /** Memory limit in bytes, including the overhead of each item. */
  readonly maxBytes: number
  readonly batch: Batch
}

/** Callbacks for changes that the queue makes itself. They run after the change. */
export interface QueueChanges {
  /** The queue dropped the parcel to make room. */
  overflowed(parcel: Parcel): void
  /** Two new parcels replace the parcel. */
  halved(parcel: Parcel): void
}

/**
 * The bounded queue of unsettled parcels, waiting or in flight. An overflow drops the oldest of the least
 * valuable.
 */
export class Queue {
  /** The smallest request size that is efficient, in bytes. */
  readonly blockBytes: number
  /** Memory in use, in bytes. */
  bytes = 0
  /** The number of spans, records or points in the queue. */
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

  /** Whether the queue holds a full batch. */
  get hasBatch(): boolean {
    const { bytes, items } = this.#batch
    return (
      this.#valuable.bytes + this.#ordinary.bytes >= bytes ||
      this.#valuable.items + this.#ordinary.items >= items
    )
  }

  /** When the oldest item reaches the batch age. `Infinity` when the queue is empty. */
  get dueAt(): number {
    const valuable = this.#valuable.oldest?.openedAt ?? Number.POSITIVE_INFINITY
    const ordinary = this.#ordinary.oldest?.openedAt ?? Number.POSITIVE_INFINITY
    return Math.min(valuable, ordinary) + this.#batch.age
  }

  /** Whether an item of this size can ever fit. */
  takes(size: number): boolean {
    return size <= this.#maxBytes * LARGEST_ITEM
  }

  /** Queues an item. Returns `false` when the queue is full of equally or more valuable items. */
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

  /** Adds the parcels of an earlier run at the front. */
  adopt(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) this.#account(parcel, 1)
    this.#putFirst(parcels)
  }

  /**
   * Takes the next batch, valuable items first. It holds at least one parcel if there is any, and further
   * parcels within the limit.
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

  /** Puts undelivered parcels back at the front. */
  restore(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) this.#underWay.delete(parcel)
    this.#putFirst(parcels)
    // Parcels that were read from disk may have exceeded the limit.
    while (this.bytes > this.#maxBytes) {
      const parcel = this.#unloadable()
      if (parcel === undefined) return
      this.#unload(parcel)
    }
  }

  /** Removes a delivered or dropped parcel, waiting or in flight. */
  release(parcel: Parcel): void {
    if (!this.#underWay.delete(parcel)) this.#laneOf(parcel).remove(parcel)
    parcel.settled = true
    this.#account(parcel, -1)
  }

  /** All sealed parcels: in-flight ones first, then the less valuable ones, oldest first. */
  *parcels(): Iterable<Parcel> {
    yield* this.#underWay
    yield* this.#ordinary.sealed
    yield* this.#valuable.sealed
  }

  /**
   * The oldest parcel that is only on disk: an ordinary one, or a valuable one if there is none and it is
   * allowed.
   */
  oldestUnloaded(mayBeValuable: boolean): Parcel | undefined {
    return this.#oldest((parcel) => !parcel.isLoaded, mayBeValuable)
  }

  /** Seals the parcels opened before `moment` on the monotonic clock. */
  sealOpenedBefore(moment: number): void {
    for (const lane of [this.#valuable, this.#ordinary])
      if (lane.open && lane.open.openedAt < moment) this.#seal(lane)
  }

  /** Keeps the totals correct while `work` changes a parcel. */
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
    // A full queue reuses the dropped block: garbage collection would let twice as much memory pile up.
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

  /** The oldest parcel that is in memory and also on disk. */
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

  /**
   * The oldest parcel that may be dropped for a new one. Parcels in memory are preferred: they free the most.
   */
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
