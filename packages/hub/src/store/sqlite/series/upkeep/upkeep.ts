import type { DatabaseSync } from 'node:sqlite'

import { BlockReader, BlockWriter } from '../blocks.ts'
import type { ExemplarWriter } from '../exemplars.ts'
import { SeriesLabels } from '../index/series-labels.ts'
import type { MetadataWriter } from '../metadata.ts'
import { writing } from '../transaction.ts'
import type { NewestSamples } from '../writing/newest.ts'
import { RECOUNT_MS, type SeriesNumbers } from '../writing/numbers.ts'
import { merge } from './merge.ts'
import { nextMerge } from './plan.ts'
import { type Limits, removeOld } from './retention.ts'
import { isIncreasing } from './thinning.ts'
import { Transposition } from './transpose.ts'

/** Batches are transposed at this number of samples, or at this age of the oldest batch. */
const BATCHES_SAMPLES = 500_000
const BATCHES_MS = 30_000

/** Chunks, batches or exemplars that are deleted at a time. */
const SWEPT_ROWS = 32

/** Series whose rows are written or looked at in one transaction. */
const SERIES_AT_A_TIME = 512

/** What the upkeep works on. */
interface Parts {
  readonly database: DatabaseSync
  readonly numbers: SeriesNumbers
  readonly newest: NewestSamples
  readonly metadata: MetadataWriter
  readonly exemplars: ExemplarWriter
}

/** The background work of a writer, in slices of a few milliseconds between which the thread may commit. */
export class Upkeep {
  readonly #parts: Parts
  readonly #limits: Limits
  readonly #reader: BlockReader
  readonly #blocks: BlockWriter
  readonly #transposition: Transposition
  readonly #labels: SeriesLabels
  #job: Generator<void, unknown> | undefined
  #transposed: number
  /** Samples in batches that are not transposed. */
  #waiting: number
  #lastTransposition = -Infinity
  #lastRecount = -Infinity
  #isSwept = false
  /** No merge is due before something changes or time passes. */
  #isMerged = false

  constructor(parts: Parts, limits: Limits, waiting: number) {
    this.#parts = parts
    this.#limits = limits
    this.#reader = new BlockReader(parts.database)
    this.#blocks = new BlockWriter(parts.database)
    this.#transposition = new Transposition(parts.database, this.#blocks)
    this.#labels = new SeriesLabels(parts.database)
    this.#transposed = this.#reader.transposed()
    this.#waiting = waiting
    this.#blocks.abandon()
  }

  /** Samples that wait for their transposition. */
  get waiting(): number {
    return this.#waiting
  }

  committed(samples: number): void {
    this.#waiting += samples
  }

  /** Works for about `budget` milliseconds. Returns whether work is left. Throws the error of a failed step, which is done again. */
  run(now: number, budget: number): boolean {
    const deadline = performance.now() + budget
    do {
      this.#job ??= this.#next(now)
      if (this.#job === undefined) return false
      try {
        if (this.#job.next().done === true) this.#job = undefined
      } catch (error) {
        this.#job = undefined
        this.#blocks.abandon()
        throw error
      }
    } while (performance.now() < deadline)
    return true
  }

  #next(now: number): Generator<void, unknown> | undefined {
    if (
      this.#waiting >= BATCHES_SAMPLES ||
      (this.#waiting > 0 && now - this.#lastTransposition >= BATCHES_MS)
    ) {
      this.#lastTransposition = now
      return this.#transpose()
    }
    if (!this.#isSwept) return this.#sweep()
    if (now - this.#lastRecount >= RECOUNT_MS) {
      this.#lastRecount = now
      this.#isMerged = false
      return this.#recount(now)
    }
    if (!this.#isMerged) {
      const due = nextMerge(this.#reader.all(), now)
      this.#isMerged = due === undefined
      if (due !== undefined) return this.#merge(due)
    }
    return undefined
  }

  *#transpose(): Generator<void, void> {
    const { lastBatch, samples } = yield* this.#transposition.run(this.#transposed)
    this.#transposed = lastBatch
    this.#waiting -= samples
    this.#isSwept = false
    this.#isMerged = false
  }

  *#merge(due: Parameters<typeof merge>[1]): Generator<void, void> {
    const { database, metadata } = this.#parts
    yield* merge(
      {
        database,
        reader: this.#reader,
        writer: this.#blocks,
        isIncreasing: (series) => {
          const name = this.#labels.of(series)['__name__'] ?? ''
          return isIncreasing(name, metadata.get(name)?.type)
        },
      },
      due,
    )
    this.#isSwept = false
  }

  /** Deletes what has been replaced. */
  *#sweep(): Generator<void, void> {
    while (this.#transposition.sweep(this.#transposed, SWEPT_ROWS)) yield
    while (this.#blocks.sweep(SWEPT_ROWS)) yield
    this.#isSwept = true
  }

  /** Counts the series in use, and deletes what is too old or too much. */
  *#recount(now: number): Generator<void, void> {
    const { database, numbers, newest, exemplars } = this.#parts
    const timeOf = (series: number): number => newest.time(series)
    const lagging = numbers.recount(timeOf)
    for (let from = 0; from < lagging.length; from += SERIES_AT_A_TIME) {
      const some = lagging.slice(from, from + SERIES_AT_A_TIME)
      writing(database, () => some.forEach(({ number, time }) => numbers.store(number, time)))
      yield
    }
    const oldest = writing(database, () => removeOld(database, this.#reader, this.#blocks, this.#limits, now))
    this.#isSwept = false
    yield
    for (let from = 1; from < numbers.end; from += SERIES_AT_A_TIME) {
      const expired = numbers.expire(from, from + SERIES_AT_A_TIME, oldest, timeOf)
      for (const series of expired) newest.forget(series)
      yield
    }
    const before = now - this.#limits.exemplarRetention
    while (writing(database, () => exemplars.trim(before, SWEPT_ROWS))) yield
    while (writing(database, () => exemplars.thin(now, SWEPT_ROWS))) yield
    exemplars.forget(now - RECOUNT_MS)
  }
}
