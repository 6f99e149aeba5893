import type { DatabaseSync } from 'node:sqlite'

import type { SelectedSeries, Selection } from '@sightline/promql'

import type { Labels, MetricMetadata, StoredExemplar } from '../../samples.ts'
import { BlockReader } from './blocks.ts'
import { readExemplars } from './exemplars.ts'
import { LabelOrder } from './index/label-order.ts'
import { matching } from './index/matching.ts'
import { Postings } from './index/postings.ts'
import { SeriesLabels } from './index/series-labels.ts'
import { SeriesSet } from './index/series-set.ts'
import { readMetadata } from './metadata.ts'
import { ChunkCache } from './reading/chunk-cache.ts'
import { RecentBatches } from './reading/recent.ts'
import { samplesOf } from './reading/selecting.ts'
import { WantedSeries } from './reading/wanted.ts'
import { isDamage, openForReading } from './schema.ts'
import { reading } from './transaction.ts'

/** Answers queries for series from the file of a folder. Belongs to one thread, and sees what was committed before a call. */
export interface SeriesReader {
  /** `select` returns series in the order of their labels. */
  readonly isOrdered: true
  /** As promql's `SeriesSource`. Rejects with a `PromqlError` for more samples than the limit. */
  select(selection: Selection): Promise<readonly SelectedSeries[]>
  /** Label sets of the series that have a sample in the time range of a selection that matches them, or at most an hour from it. */
  series(selections: readonly Selection[]): Promise<readonly Labels[]>
  /** Sorted. Without matchers: of all series of the store. */
  labelNames(selections: readonly Selection[]): Promise<readonly string[]>
  /** Sorted. Without matchers: of all series of the store. */
  labelValues(name: string, selections: readonly Selection[]): Promise<readonly string[]>
  metadata(name?: string): Promise<ReadonlyMap<string, MetricMetadata>>
  /** By time. */
  exemplars(
    selections: readonly Selection[],
  ): Promise<readonly { readonly labels: Labels; readonly exemplars: readonly StoredExemplar[] }[]>
  close(): void
}

/** Limits of a reader. */
export interface SeriesReaderOptions {
  /** Most samples that one selection may read. Default: 20,000,000, which take 320 MB. */
  readonly maxSamples?: number | undefined
}

/** The prepared statements and caches of an open file. */
interface OpenFile {
  readonly database: DatabaseSync
  readonly postings: Postings
  readonly labels: SeriesLabels
  readonly order: LabelOrder
  readonly blocks: BlockReader
  readonly chunks: ChunkCache
  readonly recent: RecentBatches
  readonly wanted: WantedSeries
}

/** Opens the series of a folder for queries. The file need not exist yet: until then there are no series. */
export function createSeriesReader(
  folder: string,
  { maxSamples = 20_000_000 }: SeriesReaderOptions = {},
): SeriesReader {
  let file: OpenFile | undefined

  /** Runs a read on a consistent view of the file. Rejects what it throws. */
  const read = async <T>(nothing: T, work: (open: OpenFile) => T): Promise<T> => {
    file ??= opened(folder)
    const open = file
    if (open === undefined) return nothing
    try {
      return reading(open.database, () => {
        open.postings.refresh()
        return work(open)
      })
    } catch (error) {
      // The writer sets a damaged file aside when it starts, and begins another one.
      if (isDamage(error)) close()
      throw error
    }
  }

  function close(): void {
    file?.database.close()
    file = undefined
  }

  return {
    isOrdered: true,
    close,

    select: ({ matchers, start, end, signal }) =>
      read<readonly SelectedSeries[]>([], ({ postings, blocks, chunks, recent, wanted, order }) => {
        signal?.throwIfAborted()
        const numbers = matching(postings, matchers).numbers()
        wanted.set(numbers)
        const samples = samplesOf({ blocks, chunks, recent }, wanted, { start, end, maxSamples })
        const found: SelectedSeries[] = []
        for (const { labels, set, index } of order.of(numbers)) {
          const own = samples[index]
          if (own !== undefined) found.push({ labels, set, times: own.times, values: own.values })
        }
        return found
      }),

    series: (selections) =>
      read<readonly Labels[]>([], ({ postings, labels }) =>
        present(postings, labels, selections).map((one) => labels.of(one)),
      ),

    labelNames: (selections) =>
      read<readonly string[]>([], ({ postings, labels }) => {
        if (isUnlimited(selections)) return postings.names().toSorted()
        const series = present(postings, labels, selections)
        return [...new Set(series.flatMap((one) => Object.keys(labels.of(one))))].toSorted()
      }),

    labelValues: (name, selections) =>
      read<readonly string[]>([], ({ postings, labels }) => {
        const values = postings.values(name)
        if (isUnlimited(selections)) return values.map(({ value }) => value).toSorted()
        const sets = selections.map(({ matchers }) => matching(postings, matchers))
        // One series is enough for a value, so that the times of few of them are read.
        const isPresent = (of: SeriesSet) =>
          selections.some(({ start, end }, index) =>
            sets[index]?.someOf(of, (one) => labels.isWithin(one, start, end)),
          )
        return values
          .filter(({ label }) => isPresent(postings.seriesOf(label)))
          .map(({ value }) => value)
          .toSorted()
      }),

    metadata: (name) =>
      read(new Map<string, MetricMetadata>(), ({ database }) => readMetadata(database, name)),

    exemplars: (selections) =>
      read<readonly { labels: Labels; exemplars: readonly StoredExemplar[] }[]>(
        [],
        ({ database, postings, labels }) =>
          selections.flatMap(({ matchers, start, end }) =>
            readExemplars(database, matching(postings, matchers), start, end).map(
              ({ series, exemplars }) => ({
                labels: labels.of(series),
                exemplars,
              }),
            ),
          ),
      ),
  }
}

function opened(folder: string): OpenFile | undefined {
  const database = openForReading(folder)
  if (database === undefined) return undefined
  const labels = new SeriesLabels(database)
  return {
    database,
    postings: new Postings(database),
    labels,
    order: new LabelOrder(labels),
    blocks: new BlockReader(database),
    chunks: new ChunkCache(),
    recent: new RecentBatches(database),
    wanted: new WantedSeries(),
  }
}

function isUnlimited(selections: readonly Selection[]): boolean {
  return selections.every(({ matchers }) => matchers.length === 0)
}

/** The numbers of the series that a selection matches and that have samples about its time range, ascending. */
function present(postings: Postings, labels: SeriesLabels, selections: readonly Selection[]): number[] {
  const all = new SeriesSet()
  for (const { matchers, start, end } of selections)
    for (const one of matching(postings, matchers).numbers())
      if (labels.isWithin(one, start, end)) all.add(one)
  return all.numbers()
}
