import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { Labels, MetricMetadata, SeriesCounts, SeriesWriter, StoredExemplar } from '../../samples.ts'
import { BlockReader } from './blocks.ts'
import { decodeGroup, GROUP_SIZE } from './codec/group.ts'
import { ExemplarWriter } from './exemplars.ts'
import { MetadataWriter } from './metadata.ts'
import { RecentBatches } from './reading/recent.ts'
import { openForWriting } from './schema.ts'
import { writing } from './transaction.ts'
import type { Limits } from './upkeep/retention.ts'
import { Upkeep } from './upkeep/upkeep.ts'
import { NewestSamples, type Verdict } from './writing/newest.ts'
import { SeriesNumbers } from './writing/numbers.ts'
import { PendingSamples } from './writing/pending.ts'

const DAY_MS = 86_400_000

/** The latest time that is stored, in milliseconds since 1970: what is later is no time. */
const LATEST = 2 ** 50

/** How long a call of `tend` works, in milliseconds. */
const TEND_MS = 8

/** Samples that may wait for their transposition before `commit` helps. They are in the memory of each reader. */
const MOST_WAITING = 2_000_000

/** Samples that are kept in memory while commits fail. */
const MOST_PENDING = 2_000_000

/** Options of the embedded store of series. */
export interface SeriesWriterOptions {
  /** Most series in use of one job. A series is in use until an hour after its last sample. */
  readonly seriesPerJob: number
  /** Milliseconds that samples are kept. Default: 400 days. */
  readonly retention?: number | undefined
  /** Milliseconds that exemplars are kept: as long as the traces that they lead to. Default: 14 days. */
  readonly exemplarRetention?: number | undefined
  /** Most bytes on disk. The oldest samples are deleted first. Default: 2 GB. */
  readonly maxBytes?: number | undefined
  /** Told about a file that was set aside, in one sentence. */
  readonly onProblem?: ((sentence: string) => void) | undefined
  /** The time at the start, in milliseconds since 1970. */
  readonly now?: number | undefined
}

/** Opens the series of a folder, which one thread of one process writes. A damaged file is set aside. */
export function openSeriesWriter(folder: string, options: SeriesWriterOptions): SeriesWriter {
  const { database, problem } = openForWriting(folder)
  if (problem !== undefined) options.onProblem?.(problem)
  return new SqliteSeriesWriter(database, options)
}

/** Collects samples in memory until `commit` writes them as one batch. */
class SqliteSeriesWriter implements SeriesWriter {
  readonly counts: SeriesCounts
  readonly #database: DatabaseSync
  readonly #numbers: SeriesNumbers
  readonly #newest: NewestSamples
  readonly #pending = new PendingSamples()
  readonly #exemplars: ExemplarWriter
  readonly #metadata: MetadataWriter
  readonly #upkeep: Upkeep
  readonly #addBatch: StatementSync
  #now: number
  #isClosed = false
  #samples = 0
  #refused = 0
  #kept = 0

  constructor(database: DatabaseSync, options: SeriesWriterOptions) {
    const { seriesPerJob, now = Date.now() } = options
    const limits: Limits = {
      retention: options.retention ?? 400 * DAY_MS,
      exemplarRetention: options.exemplarRetention ?? 14 * DAY_MS,
      maxBytes: options.maxBytes ?? 2_000_000_000,
    }
    this.#now = now
    this.#database = database
    this.#numbers = new SeriesNumbers(database, seriesPerJob, now)
    this.#exemplars = new ExemplarWriter(database)
    this.#metadata = new MetadataWriter(database)
    this.#addBatch = database.prepare('INSERT INTO batch (base, samples) VALUES (?, ?)')
    const blocks = new BlockReader(database)
    this.#newest = new NewestSamples(
      blocks.all().reduce((newest, { end }) => Math.max(newest, end), -Infinity),
      (series, time) => newestStored(blocks, series, time),
    )
    const waiting = this.#readBatches(blocks)
    const parts = {
      database,
      numbers: this.#numbers,
      newest: this.#newest,
      metadata: this.#metadata,
      exemplars: this.#exemplars,
    }
    this.#upkeep = new Upkeep(parts, limits, waiting)
    this.counts = this.#liveCounts()
  }

  series(labels: Labels): number | undefined {
    return this.#numbers.of(labels)
  }

  refuse(job: string, samples: number): void {
    this.#numbers.refuse(job, samples)
  }

  append(series: number, time: number, value: number): void {
    if (this.#pending.count >= MOST_PENDING)
      throw new Error('Samples cannot be stored, and no more of them are kept in memory.')
    if (this.#take(series, Math.floor(time), value) === 'refused') this.#refused++
  }

  begin(series: number, time: number): boolean {
    return this.#take(series, Math.floor(time), 0) !== 'refused'
  }

  exemplar(series: number, exemplar: StoredExemplar): void {
    if (this.#exemplars.add(series, exemplar)) this.#kept++
  }

  metadata(name: string, metadata: MetricMetadata): void {
    this.#metadata.set(name, metadata)
  }

  commit(): void {
    if (
      this.#pending.isEmpty &&
      !this.#numbers.isChanged &&
      !this.#exemplars.isChanged &&
      !this.#metadata.isChanged
    )
      return
    const batches = this.#pending.batches()
    writing(this.#database, () => {
      this.#numbers.write((series) => this.#newest.time(series), this.#now)
      for (const { base, samples } of batches) this.#addBatch.run(base, samples)
      this.#exemplars.write()
      this.#metadata.write()
    })
    this.#upkeep.committed(this.#pending.count)
    this.#pending.clear()
    this.#numbers.written()
    this.#exemplars.written()
    this.#metadata.written()
    if (this.#upkeep.waiting > MOST_WAITING) this.#help()
  }

  tend(now: number): boolean {
    this.#now = now
    return this.#upkeep.run(now, TEND_MS)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#database.close()
  }

  /** Does some of the work of `tend`, which is not called often enough. */
  #help(): void {
    try {
      this.#upkeep.run(this.#now, TEND_MS)
    } catch {
      // The commit has succeeded. The next call of `tend` meets the error again and throws it.
    }
  }

  #take(series: number, time: number, value: number): Verdict {
    // Also false for NaN.
    if (!(time >= 0 && time <= LATEST)) return 'refused'
    const verdict = this.#newest.take(series, time, value)
    if (verdict !== 'accepted') return verdict
    this.#pending.add(series, time, value)
    this.#numbers.revive(series)
    this.#samples++
    return verdict
  }

  /** Takes the newest samples of series from the batches that are in no block. Returns the number of samples. */
  #readBatches(blocks: BlockReader): number {
    const recent = new RecentBatches(this.#database)
    recent.refresh(blocks.transposed())
    let samples = 0
    for (const { count, series, base, offsets, values } of recent.all()) {
      for (let index = 0; index < count; index++)
        this.#newest.set(series[index] ?? 0, base + (offsets[index] ?? 0), values[index] ?? 0)
      samples += count
    }
    return samples
  }

  /** The counts as an object that callers may keep. */
  #liveCounts(): SeriesCounts {
    const samples = (): number => this.#samples
    const exemplars = (): number => this.#kept
    const outOfOrder = (): number => this.#refused
    const { overLimit, inUse } = this.#numbers
    return {
      get samples() {
        return samples()
      },
      get exemplars() {
        return exemplars()
      },
      get outOfOrder() {
        return outOfOrder()
      },
      overLimit,
      series: inUse,
    }
  }
}

/** The newest sample of a series in the blocks, unless it is older than `time`. */
function newestStored(
  blocks: BlockReader,
  series: number,
  time: number,
): { readonly time: number; readonly value: number } | undefined {
  const group = Math.floor(series / GROUP_SIZE)
  const slot = series % GROUP_SIZE
  for (const block of blocks.all().toReversed()) {
    if (block.end < time) continue
    const chunk = blocks.chunk(block.id, group)
    if (chunk === undefined) continue
    const [found] = decodeGroup(chunk, (one) => one === slot, time, Infinity)
    const newest = found?.times.at(-1)
    if (found !== undefined && newest !== undefined)
      return { time: newest, value: found.values.at(-1) ?? NaN }
  }
  return undefined
}
