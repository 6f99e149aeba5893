import type { Parcel } from './parcel.ts'

/** The queued parcels of one class of items, oldest first, and the open one. */
export class Lane {
  readonly valuable: boolean
  open: Parcel | undefined = undefined
  /** Bytes and number of the sealed items. */
  bytes = 0
  items = 0
  #sealed: Parcel[] = []

  constructor(valuable: boolean) {
    this.valuable = valuable
  }

  get sealed(): readonly Parcel[] {
    return this.#sealed
  }

  get oldest(): Parcel | undefined {
    return this.#sealed[0] ?? this.open
  }

  /** Adds a newly sealed parcel to the end. */
  append(parcel: Parcel): void {
    this.#sealed.push(parcel)
    this.#weigh(parcel, 1)
  }

  /** Puts the parcels of this class back at the front. */
  putFirst(parcels: readonly Parcel[]): void {
    const own = parcels.filter(({ valuable }) => valuable === this.valuable)
    if (own.length === 0) return
    this.#sealed = [...own, ...this.#sealed]
    for (const parcel of own) this.#weigh(parcel, 1)
  }

  /** Removes a parcel. Returns `false` if the lane does not hold it. */
  remove(parcel: Parcel): boolean {
    const index = this.#sealed.indexOf(parcel)
    if (index < 0) return false
    if (index === 0) this.#sealed.shift()
    else this.#sealed.splice(index, 1)
    this.#weigh(parcel, -1)
    return true
  }

  #weigh({ size, length }: Parcel, sign: 1 | -1): void {
    this.bytes += sign * size
    this.items += sign * length
  }
}
