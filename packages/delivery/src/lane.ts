import type { Parcel } from './parcel.ts'

/** The waiting parcels of one class of items, oldest first, and the one that is being filled. */
export class Lane {
  readonly valuable: boolean
  open: Parcel | undefined = undefined
  /** Bytes and number of the items that are sealed. */
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

  /** Adds to the end what is sealed now. */
  append(parcel: Parcel): void {
    this.#sealed.push(parcel)
    this.#weigh(parcel, 1)
  }

  /** Puts back what belongs here and is older than all that waits. */
  putFirst(parcels: readonly Parcel[]): void {
    const own = parcels.filter(({ valuable }) => valuable === this.valuable)
    if (own.length === 0) return
    this.#sealed = [...own, ...this.#sealed]
    for (const parcel of own) this.#weigh(parcel, 1)
  }

  /** Takes a parcel out. `false`: it is not here. */
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
