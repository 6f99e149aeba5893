import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { SelectedSeries } from '@sightline/promql'

import type { Labels, MetricMetadata, StoredExemplar } from '../../src/store/samples.ts'
import { createSeriesReader, type SeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { openSeriesWriter } from '../../src/store/sqlite/series/writer.ts'

/** Series for a test. */
export interface SeriesData {
  readonly series: readonly SelectedSeries[]
  readonly metadata?: Readonly<Record<string, MetricMetadata>>
  readonly exemplars?: readonly (StoredExemplar & { readonly of: Labels })[]
}

/** A reader of series that were written to a folder of their own. */
export interface StoredSeries {
  readonly reader: SeriesReader
  /** Removes the folder. */
  remove(): Promise<void>
}

/** Writes series into a folder. */
export async function storedSeries(data: SeriesData): Promise<StoredSeries> {
  const folder = await mkdtemp(join(tmpdir(), 'series-'))
  writeSeries(folder, data)
  const reader = createSeriesReader(folder)
  return {
    reader,
    async remove() {
      reader.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Writes series into a folder that exists. */
export function writeSeries(folder: string, { series, metadata = {}, exemplars = [] }: SeriesData): void {
  const writer = openSeriesWriter(folder, { seriesPerJob: 10_000 })
  const numberOf = (labels: Labels) => {
    const number = writer.series(labels)
    if (number === undefined) throw new Error('The limit of series is too low for this test')
    return number
  }
  // A series begins with its first commit, so the first samples have a commit of their own.
  for (const { labels, times, values } of series)
    writer.append(numberOf(labels), times[0] ?? NaN, values[0] ?? NaN)
  writer.commit()
  for (const { labels, times, values } of series) {
    const number = numberOf(labels)
    for (let index = 1; index < times.length; index++)
      writer.append(number, times[index] ?? NaN, values[index] ?? NaN)
  }
  for (const { of, ...exemplar } of exemplars) writer.exemplar(numberOf(of), exemplar)
  for (const [name, each] of Object.entries(metadata)) writer.metadata(name, each)
  writer.commit()
  writer.close()
}
