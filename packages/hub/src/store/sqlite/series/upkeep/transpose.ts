import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { BlockWriter } from '../blocks.ts'
import { type Batch, decodeBatch } from '../codec/batch.ts'
import { GROUP_SIZE, GroupEncoder } from '../codec/group.ts'
import { bytesOf, numberOf } from '../rows.ts'
import { writing } from '../transaction.ts'

/** Samples of one transposition, which are in memory at a time. */
const MOST_SAMPLES = 500_000

/** Samples after which other work of the thread may go on. */
const SLICE_SAMPLES = 10_000

/** Samples sorted by series, and by commits within a series. */
interface SortedSamples {
  /** Series `n` has the samples from `offsets[n]` up to `offsets[n + 1]`. */
  readonly offsets: Uint32Array
  readonly times: Float64Array
  readonly values: Float64Array
}

/** Moves committed batches into blocks, in which the samples of a series are neighbours. */
export class Transposition {
  readonly #database: DatabaseSync
  readonly #blocks: BlockWriter
  readonly #batches: StatementSync
  readonly #delete: StatementSync
  readonly #encoder = new GroupEncoder()

  constructor(database: DatabaseSync, blocks: BlockWriter) {
    this.#database = database
    this.#blocks = blocks
    this.#batches = database.prepare('SELECT id, base, samples FROM batch WHERE id > ? ORDER BY id')
    this.#delete = database.prepare(
      'DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE id <= ? ORDER BY id LIMIT ?)',
    )
  }

  /** Moves the oldest batches after `transposed` into a block. Returns how far it came: the last batch and the number of samples. */
  *run(transposed: number): Generator<void, { lastBatch: number; samples: number }> {
    const batches: Batch[] = []
    let lastBatch = transposed
    let samples = 0
    let highest = 0
    for (let isMore = true; isMore && samples < MOST_SAMPLES;) {
      const before = samples
      isMore = false
      for (const row of this.#batches.iterate(lastBatch)) {
        const batch = decodeBatch(bytesOf(row, 'samples'), numberOf(row, 'base'))
        for (const series of batch.series) if (series > highest) highest = series
        batches.push(batch)
        lastBatch = numberOf(row, 'id')
        samples += batch.count
        isMore = samples - before >= 4 * SLICE_SAMPLES
        if (isMore || samples >= MOST_SAMPLES) break
      }
      yield
    }
    if (samples === 0) return { lastBatch, samples }

    const sorted = yield* sort(batches, samples, highest + 1)
    const block = { firstBatch: transposed + 1, lastBatch, level: 0, resolution: 0 }
    const id = this.#blocks.begin(block)
    let series = 0
    while (series <= highest) {
      series = writing(this.#database, () => this.#encodeSlice(id, sorted, series, highest))
      yield
    }
    let start = Infinity
    let end = -Infinity
    for (const time of sorted.times) {
      if (time < start) start = time
      if (time > end) end = time
    }
    writing(this.#database, () => {
      this.#blocks.finish({ id, start, end, samples }, [])
      this.#blocks.transposed(lastBatch)
    })
    return { lastBatch, samples }
  }

  /** Deletes some batches that were transposed, at most `limit`. Returns whether there may be more. */
  sweep(transposed: number, limit: number): boolean {
    return Number(this.#delete.run(transposed, limit).changes) === limit
  }

  /** Encodes some groups. Returns the first series of the next one. */
  #encodeSlice(
    block: number,
    { offsets, times, values }: SortedSamples,
    first: number,
    highest: number,
  ): number {
    let group = Math.floor(first / GROUP_SIZE)
    const begun = offsets[first] ?? 0
    for (; group * GROUP_SIZE <= highest; group++) {
      const start = group * GROUP_SIZE
      if ((offsets[start] ?? 0) - begun >= SLICE_SAMPLES) break
      const end = Math.min(start + GROUP_SIZE, highest + 1)
      if (offsets[start] === offsets[end]) continue
      for (let series = start; series < end; series++) {
        const from = offsets[series] ?? 0
        const to = offsets[series + 1] ?? 0
        if (to > from) this.#encoder.add(series - start, times, values, from, to)
      }
      this.#blocks.chunk(block, group, this.#encoder.finish())
    }
    return group * GROUP_SIZE
  }
}

/** A counting sort: the numbers of series are dense. */
function* sort(batches: readonly Batch[], samples: number, numbers: number): Generator<void, SortedSamples> {
  const offsets = new Uint32Array(numbers + 1)
  for (const { series, count } of batches) {
    for (let index = 0; index < count; index++) {
      const after = (series[index] ?? 0) + 1
      offsets[after] = (offsets[after] ?? 0) + 1
    }
  }
  for (let number = 0; number < numbers; number++)
    offsets[number + 1] = (offsets[number + 1] ?? 0) + (offsets[number] ?? 0)
  yield

  const next = offsets.slice()
  const times = new Float64Array(samples)
  const sortedValues = new Float64Array(samples)
  let done = 0
  for (const { count, series, offsets: distances, base, values } of batches) {
    for (let index = 0; index < count; index++) {
      const number = series[index] ?? 0
      const place = next[number] ?? 0
      next[number] = place + 1
      times[place] = base + (distances[index] ?? 0)
      sortedValues[place] = values[index] ?? 0
    }
    done += count
    if (done >= 4 * SLICE_SAMPLES) {
      done = 0
      yield
    }
  }
  return { offsets, times, values: sortedValues }
}
