/** Words of a key: a trace id and a span id. */
const KEY_WORDS = 6
const FIRST_ROOM = 1_024
const NONE = -1

/** One end of a call. */
export interface End {
  readonly job: string
  /** Of clients: what they call, where the other end does not tell. */
  readonly peer: string
  readonly seconds: number
  readonly failed: boolean
  readonly weight: number
  /** The part of the time, as `partOf` tells it. */
  readonly part: number
}

/**
 * Ends of calls that wait for the other one, by their keys and in the order of their arrival. They are in columns, since a hundred thousand
 * objects that live for seconds would keep the garbage collector busy. A place is valid until the next end is added.
 */
export class WaitingEnds {
  readonly #most: number
  #room = FIRST_ROOM
  /** Places are used in turn: `#used` of them from `#first` on, some of which are removed. */
  #first = 0
  #used = 0
  #keys = new Uint32Array(FIRST_ROOM * KEY_WORDS)
  #until = new Float64Array(FIRST_ROOM)
  #seconds = new Float64Array(FIRST_ROOM)
  #weights = new Float64Array(FIRST_ROOM)
  #parts = new Float64Array(FIRST_ROOM)
  #failed = new Uint8Array(FIRST_ROOM)
  #matched = new Uint8Array(FIRST_ROOM)
  #isHeld = new Uint8Array(FIRST_ROOM)
  #jobs: string[] = []
  #peers: string[] = []
  /** Ends with equal hashes are chained, the latest first. */
  #heads = new Int32Array(2 * FIRST_ROOM).fill(NONE)
  #next = new Int32Array(FIRST_ROOM)
  /** Random, so that a sender cannot choose keys of equal hashes. */
  readonly #seeds = Array.from({ length: KEY_WORDS }, () => (Math.random() * 0x1_0000_0000) | 1)

  /** @param most places at most */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether an end must be removed before the next one is added. */
  get isFull(): boolean {
    this.#skipRemoved()
    return this.#used >= this.#most
  }

  /** The end that has waited longest. -1: there is none. */
  get oldest(): number {
    this.#skipRemoved()
    return this.#used === 0 ? NONE : this.#first
  }

  /** The latest end with the key that begins at word `at` of `keys`. -1: there is none. */
  find(keys: Uint32Array, at: number): number {
    return this.#sameFrom(this.#heads[this.#hash(keys, at)] ?? NONE, keys, at)
  }

  /** The end with the same key before this one. -1: there is none. */
  before(place: number): number {
    return this.#sameFrom(this.#next[place] ?? NONE, this.#keys, place * KEY_WORDS)
  }

  /** Adds an end with the key that begins at word `at` of `keys`. There must be room. Returns its place. */
  add(keys: Uint32Array, at: number, end: End, until: number): number {
    if (this.#used === this.#room) this.#grow()
    const place = (this.#first + this.#used++) % this.#room
    for (let word = 0; word < KEY_WORDS; word++) this.#keys[place * KEY_WORDS + word] = keys[at + word] ?? 0
    this.#until[place] = until
    this.#matched[place] = 0
    this.set(place, end)
    this.#chain(place)
    return place
  }

  /** Replaces what an end says. */
  set(place: number, { job, peer, seconds, failed, weight, part }: End): void {
    this.#jobs[place] = job
    this.#peers[place] = peer
    this.#seconds[place] = seconds
    this.#failed[place] = Number(failed)
    this.#weights[place] = weight
    this.#parts[place] = part
  }

  end(place: number): End {
    return {
      job: this.#jobs[place] ?? '',
      peer: this.#peers[place] ?? '',
      seconds: this.#seconds[place] ?? 0,
      failed: this.#failed[place] === 1,
      weight: this.#weights[place] ?? 0,
      part: this.#parts[place] ?? 0,
    }
  }

  /** Until when it waits, in milliseconds since 1970. */
  until(place: number): number {
    return this.#until[place] ?? 0
  }

  isMatched(place: number): boolean {
    return this.#matched[place] === 1
  }

  /** Notes that its other end has come. */
  match(place: number): void {
    this.#matched[place] = 1
  }

  remove(place: number): void {
    const hash = this.#hash(this.#keys, place * KEY_WORDS)
    const next = this.#next[place] ?? NONE
    let other = this.#heads[hash] ?? NONE
    if (other === place) this.#heads[hash] = next
    else {
      while (this.#next[other] !== place) other = this.#next[other] ?? NONE
      this.#next[other] = next
    }
    this.#isHeld[place] = 0
  }

  #skipRemoved(): void {
    while (this.#used > 0 && this.#isHeld[this.#first] === 0) {
      this.#first = (this.#first + 1) % this.#room
      this.#used--
    }
  }

  #chain(place: number): void {
    const hash = this.#hash(this.#keys, place * KEY_WORDS)
    this.#next[place] = this.#heads[hash] ?? NONE
    this.#heads[hash] = place
    this.#isHeld[place] = 1
  }

  #sameFrom(from: number, keys: Uint32Array, at: number): number {
    for (let place = from; place !== NONE; place = this.#next[place] ?? NONE) {
      let word = 0
      while (word < KEY_WORDS && this.#keys[place * KEY_WORDS + word] === keys[at + word]) word++
      if (word === KEY_WORDS) return place
    }
    return NONE
  }

  #hash(keys: Uint32Array, at: number): number {
    let hash = 0
    for (let word = 0; word < KEY_WORDS; word++) {
      hash = Math.imul(hash ^ (keys[at + word] ?? 0), this.#seeds[word] ?? 1)
      hash ^= hash >>> 15
    }
    return hash & (this.#heads.length - 1)
  }

  /** Doubles the room, and puts the ends at its beginning. */
  #grow(): void {
    const places = Array.from({ length: this.#used }, (_, n) => (this.#first + n) % this.#room)
    const room = 2 * this.#room
    const keys = new Uint32Array(room * KEY_WORDS)
    for (const [place, from] of places.entries())
      keys.set(this.#keys.subarray(from * KEY_WORDS, (from + 1) * KEY_WORDS), place * KEY_WORDS)
    const held = this.#isHeld
    this.#keys = keys
    this.#until = moved(this.#until, new Float64Array(room), places)
    this.#seconds = moved(this.#seconds, new Float64Array(room), places)
    this.#weights = moved(this.#weights, new Float64Array(room), places)
    this.#parts = moved(this.#parts, new Float64Array(room), places)
    this.#failed = moved(this.#failed, new Uint8Array(room), places)
    this.#matched = moved(this.#matched, new Uint8Array(room), places)
    this.#jobs = places.map((from) => this.#jobs[from] ?? '')
    this.#peers = places.map((from) => this.#peers[from] ?? '')
    this.#isHeld = new Uint8Array(room)
    this.#next = new Int32Array(room)
    this.#heads = new Int32Array(2 * room).fill(NONE)
    this.#first = 0
    this.#room = room
    for (const [place, from] of places.entries()) if (held[from] === 1) this.#chain(place)
  }
}

function moved<T extends Uint8Array | Float64Array>(from: T, to: T, places: readonly number[]): T {
  for (const [place, before] of places.entries()) to[place] = from[before] ?? 0
  return to
}
