import { STALE_BITS } from '@sightline/promql'

import type { SeriesWriter, StoredExemplar } from '../../store/samples.ts'

const STALE = new Float64Array(new BigUint64Array([STALE_BITS]).buffer)

/** The samples of one body, held back until the whole body is known to be valid. */
export class Samples {
  readonly #series: number[] = []
  readonly #times: number[] = []
  readonly #values: number[] = []
  readonly #exemplars: [series: number, exemplar: StoredExemplar][] = []
  #live = new Set<number>()

  /** The series with samples that have no timestamps of their own: these end when they disappear. */
  get live(): Set<number> {
    return this.#live
  }

  add(series: number, time: number, value: number, ends: boolean): void {
    this.#series.push(series)
    this.#times.push(time)
    this.#values.push(value)
    if (ends) this.#live.add(series)
  }

  addExemplar(series: number, exemplar: StoredExemplar): void {
    this.#exemplars.push([series, exemplar])
  }

  write(writer: SeriesWriter): void {
    for (let row = 0; row < this.#series.length; row++)
      writer.append(this.#series[row] ?? 0, this.#times[row] ?? 0, this.#values[row] ?? 0)
    for (const [series, exemplar] of this.#exemplars) writer.exemplar(series, exemplar)
  }

  clear(): void {
    this.#series.length = 0
    this.#times.length = 0
    this.#values.length = 0
    this.#exemplars.length = 0
    this.#live = new Set()
  }
}

/** Marks the end of a series. */
export function markEnd(writer: SeriesWriter, series: number, time: number): void {
  writer.append(series, time, STALE[0] ?? Number.NaN)
}
