import { STALE_BITS } from '@sightline/promql'

import type { Labels, SeriesWriter, StoredExemplar } from '../../store/samples.ts'

const STALE = new Float64Array(new BigUint64Array([STALE_BITS]).buffer)

/** The first sample of a counter is 0 and lies this long before its second one, in milliseconds, at most. */
const FIRST_MS = 15_000
/** Groups at most: services may make up their names. */
const MAX_GROUPS = 50_000

/** A counter, or a bucket or a sum of a histogram. */
interface Series {
  readonly labels: Labels
  number: number | undefined
  value: number
}

/** Series that grow together: those of one counter or one histogram. */
export interface Growing {
  /** Adds to each of its series. */
  add(amounts: ArrayLike<number>): void
  /** Shows an example with the next samples. */
  exemplar(series: number, exemplar: StoredExemplar): void
}

interface Group extends Growing {
  readonly series: readonly Series[]
  readonly exemplars: Map<number, StoredExemplar>
  isNew: boolean
  changed: number
}

/**
 * Cumulative series. A new one begins with a sample of 0, so that its first increase is not lost. One that has not grown for long
 * ends with a staleness marker, and is forgotten.
 */
export class Cumulative {
  readonly #groups = new Map<string, Group>()
  readonly #idleMs: number
  #written = 0

  /** @param idleMs milliseconds without growth after which series end */
  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /** The series of a key. `labels` is called for a new one. `undefined`: there are too many. */
  group(key: string, labels: () => readonly Labels[]): Growing | undefined {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    if (this.#groups.size >= MAX_GROUPS) return undefined
    const series = labels().map((each) => ({ labels: each, number: undefined, value: 0 }))
    const exemplars = new Map<number, StoredExemplar>()
    const group: Group = {
      series,
      exemplars,
      isNew: true,
      changed: 0,
      add(amounts) {
        group.changed = -1
        for (const [index, each] of series.entries()) each.value += amounts[index] ?? 0
      },
      exemplar: (index, exemplar) => void exemplars.set(index, exemplar),
    }
    this.#groups.set(key, group)
    return group
  }

  /** Writes all series, and pauses after each group. `now` is in milliseconds since 1970. */
  *write(writer: SeriesWriter, now: number): Generator<undefined, void> {
    // Not at the time of the last samples, of which one may have ended the same series.
    const begin = Math.max(this.#written + 1, now - FIRST_MS)
    for (const [key, group] of this.#groups) {
      if (group.changed < 0) group.changed = now
      if (now - group.changed >= this.#idleMs) {
        for (const { number } of group.series)
          if (number !== undefined) writer.append(number, now, STALE[0] ?? Number.NaN)
        this.#groups.delete(key)
        continue
      }
      for (const [index, each] of group.series.entries()) {
        each.number ??= writer.series(each.labels)
        if (each.number === undefined) continue
        if (group.isNew && begin < now) writer.append(each.number, begin, 0)
        writer.append(each.number, now, each.value)
        const exemplar = group.exemplars.get(index)
        if (exemplar !== undefined) writer.exemplar(each.number, exemplar)
      }
      group.isNew = false
      group.exemplars.clear()
      yield
    }
    this.#written = now
  }
}
