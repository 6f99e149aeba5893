import { STALE_BITS } from '@sightline/promql'

import type { Labels, SeriesWriter, StoredExemplar } from '../../../store/samples.ts'
import { PART_MS, PRESENT } from '../time-parts.ts'
import { type Growth, type HeldParts, LateGrowth, newGrowth } from './late-growth.ts'

const STALE = new Float64Array(new BigUint64Array([STALE_BITS]).buffer)

/** The first sample of a counter is 0 and lies this long before its second one, in milliseconds, at most. */
export const FIRST_MS = 15_000
/** Milliseconds after late growth in which samples repeat its values: Prometheus' lookback, up to which queries see no gap. */
const REPEATED_MS = 300_000

/** What a round writes with. */
export interface Writing {
  readonly writer: SeriesWriter
  /** Milliseconds since 1970. */
  readonly now: number
  /** The time of the first sample of a new series, whose next one is at `now`. */
  readonly begin: number
  /** Whether no round comes after this one, so that nothing may be held. */
  readonly isLast: boolean
}

/** Series that grow together, those of one counter or one histogram: their values, and their growth that is in no sample. */
export class GrowingSeries {
  readonly #labels: readonly Labels[]
  readonly #numbers: (number | undefined)[]
  readonly #values: Float64Array
  readonly #present: Growth
  #late: LateGrowth | undefined
  readonly #held: HeldParts
  #hasGrown = false
  #grownAt = 0
  #hasBegun = false
  /** The time of the last samples, in milliseconds since 1970. */
  #written = -Infinity

  /** @param held counts the parts of the time that all groups hold */
  constructor(labels: readonly Labels[], held: HeldParts) {
    this.#labels = labels
    this.#numbers = labels.map(() => undefined)
    this.#values = new Float64Array(labels.length)
    this.#present = newGrowth(labels.length)
    this.#held = held
  }

  /** Whether late growth is held, or was until the last round. */
  get isHeld(): boolean {
    return this.#late !== undefined
  }

  /** Adds to each series, in a part of the time as `partOf` tells it. */
  add(amounts: ArrayLike<number>, part: number): void {
    this.#hasGrown = true
    const growth = this.#growthIn(part).amounts
    for (let index = 0; index < growth.length; index++)
      growth[index] = (growth[index] ?? 0) + (amounts[index] ?? 0)
  }

  /** Shows an example with the samples of the part. */
  exemplar(series: number, exemplar: StoredExemplar, part: number): void {
    const growth = this.#growthIn(part)
    growth.exemplars ??= new Map()
    growth.exemplars.set(series, exemplar)
  }

  /** Milliseconds since a round last found growth. To be asked once in a round. */
  idleMs(now: number): number {
    if (this.#hasGrown) this.#grownAt = now
    this.#hasGrown = false
    return now - this.#grownAt
  }

  /** Ends the series. */
  end(writer: SeriesWriter, now: number): void {
    for (const number of this.#numbers)
      if (number !== undefined) writer.append(number, now, STALE[0] ?? Number.NaN)
  }

  /** Writes what is due, and pauses after each part of the time. Returns whether samples of the present were among it. */
  *write({ writer, now, begin, isLast }: Writing): Generator<undefined, boolean> {
    const late = this.#late
    const due = late === undefined || isLast ? 'all' : late.due(now, this.#held.isFull)
    if (due === 'nothing') return false
    for (const [index, labels] of this.#labels.entries()) this.#numbers[index] ??= writer.series(labels)
    if (late !== undefined) {
      yield* this.#writeParts(writer, late)
      // More growth may have come between two steps.
      if (due === 'parts' || late.size > 0) return false
      this.#late = undefined
      this.#repeat(writer, now)
    }
    if (!this.#hasBegun && begin < now)
      for (const number of this.#numbers) if (number !== undefined) writer.append(number, begin, 0)
    this.#hasBegun = true
    this.#grow(this.#present)
    this.#append(writer, now)
    this.#show(writer, this.#present)
    return true
  }

  *#writeParts(writer: SeriesWriter, late: LateGrowth): Generator<undefined, void> {
    for (const part of late.parts()) {
      const growth = late.remove(part)
      if (part > this.#written) {
        // Where the store has later samples, of an earlier process, the growth is in the next samples.
        if (this.#hasBegun) this.#repeat(writer, part)
        else this.#hasBegun = this.#begin(writer, part - FIRST_MS)
      }
      this.#grow(growth)
      if (this.#hasBegun && part > this.#written) this.#append(writer, part)
      this.#show(writer, growth)
      yield
    }
  }

  /** Repeats the values of the last samples, as rounds do without growth, up to a part before `until`. */
  #repeat(writer: SeriesWriter, until: number): void {
    if (!this.#hasBegun) return
    const last = until - PART_MS
    const end = Math.min(last, this.#written + REPEATED_MS)
    for (let time = this.#written + PART_MS; time <= end; time += PART_MS) this.#append(writer, time)
    if (last > end) this.#append(writer, last)
  }

  /** Begins at zero. Returns whether the store has no later samples. */
  #begin(writer: SeriesWriter, time: number): boolean {
    let hasBegun = true
    for (const number of this.#numbers)
      if (number !== undefined && !writer.begin(number, time)) hasBegun = false
    return hasBegun
  }

  #append(writer: SeriesWriter, time: number): void {
    for (const [index, number] of this.#numbers.entries())
      if (number !== undefined) writer.append(number, time, this.#values[index] ?? 0)
    this.#written = time
  }

  /** Takes growth into the values. */
  #grow({ amounts }: Growth): void {
    for (let index = 0; index < amounts.length; index++)
      this.#values[index] = (this.#values[index] ?? 0) + (amounts[index] ?? 0)
    amounts.fill(0)
  }

  #show(writer: SeriesWriter, growth: Growth): void {
    for (const [index, exemplar] of growth.exemplars ?? []) {
      const number = this.#numbers[index]
      if (number !== undefined) writer.exemplar(number, exemplar)
    }
    growth.exemplars = undefined
  }

  #growthIn(part: number): Growth {
    if (part === PRESENT || part <= this.#written) return this.#present
    this.#late ??= new LateGrowth(this.#values.length, this.#held)
    return this.#late.at(part) ?? this.#present
  }
}
