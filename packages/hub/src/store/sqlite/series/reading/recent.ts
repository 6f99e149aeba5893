import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { type Batch, decodeBatch } from '../codec/batch.ts'
import { bytesOf, numberOf } from '../rows.ts'
import type { WantedSeries } from './wanted.ts'

/** A batch that is not transposed yet, and what it has at least and at most. */
interface RecentBatch {
  readonly id: number
  readonly batch: Batch
  readonly start: number
  readonly end: number
  readonly lowest: number
  readonly highest: number
}

/** Samples that were found in batches, by order of commits. */
export interface FoundSamples {
  readonly count: number
  /** The position of each sample's series among the wanted ones. */
  readonly positions: Uint32Array
  readonly times: Float64Array
  readonly values: Float64Array
}

/**
 * The committed batches that are not transposed yet. They never change, so that a reader keeps them from query to query: it
 * has those of about the last minute in memory, and looks through them.
 */
export class RecentBatches {
  readonly #newer: StatementSync
  #batches: RecentBatch[] = []
  #newest = 0
  /** Results of the last search, whose memory is used again. */
  #found = {
    positions: new Uint32Array(1_024),
    times: new Float64Array(1_024),
    values: new Float64Array(1_024),
  }

  constructor(database: DatabaseSync) {
    this.#newer = database.prepare('SELECT id, base, samples FROM batch WHERE id > ? ORDER BY id')
  }

  /** Reads what was committed since the last call, and forgets what was transposed. Belongs into a transaction. */
  refresh(transposed: number): void {
    if (transposed > 0 && (this.#batches[0]?.id ?? Infinity) <= transposed)
      this.#batches = this.#batches.filter(({ id }) => id > transposed)
    this.#newest = Math.max(this.#newest, transposed)
    for (const row of this.#newer.iterate(this.#newest)) {
      const id = numberOf(row, 'id')
      this.#batches.push(summarised(id, decodeBatch(bytesOf(row, 'samples'), numberOf(row, 'base'))))
      this.#newest = id
    }
  }

  /** All batches, oldest first. */
  all(): readonly Batch[] {
    return this.#batches.map(({ batch }) => batch)
  }

  /**
   * Finds samples from `start` to `end`, both included, of the wanted series. The result is valid until the next call.
   */
  find(wanted: WantedSeries, start: number, end: number): FoundSamples {
    const { positions, lowest, highest } = wanted
    let count = 0
    for (const recent of this.#batches) {
      if (recent.end < start || recent.start > end || recent.highest < lowest || recent.lowest > highest)
        continue
      const { batch } = recent
      const { series, offsets, values, base } = batch
      if (this.#found.positions.length < count + batch.count) this.#grow(count + batch.count)
      const found = this.#found
      for (let index = 0; index < batch.count; index++) {
        // Numbers beyond the array are undefined, and not wanted.
        const position = positions[series[index] ?? 0]
        if (position === undefined || position === 0) continue
        const time = base + (offsets[index] ?? 0)
        if (time < start || time > end) continue
        found.positions[count] = position - 1
        found.times[count] = time
        found.values[count] = values[index] ?? 0
        count++
      }
    }
    return { count, ...this.#found }
  }

  #grow(count: number): void {
    const length = Math.max(count, this.#found.positions.length * 2)
    const { positions, times, values } = this.#found
    this.#found = {
      positions: new Uint32Array(length),
      times: new Float64Array(length),
      values: new Float64Array(length),
    }
    this.#found.positions.set(positions)
    this.#found.times.set(times)
    this.#found.values.set(values)
  }
}

function summarised(id: number, batch: Batch): RecentBatch {
  let start = Infinity
  let end = 0
  let lowest = Infinity
  let highest = 0
  for (let index = 0; index < batch.count; index++) {
    const offset = batch.offsets[index] ?? 0
    if (offset < start) start = offset
    if (offset > end) end = offset
    const series = batch.series[index] ?? 0
    if (series < lowest) lowest = series
    if (series > highest) highest = series
  }
  return { id, batch, start: batch.base + start, end: batch.base + end, lowest, highest }
}
