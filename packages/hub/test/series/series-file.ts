import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { SeriesWriter } from '../../src/store/samples.ts'
import { createSeriesReader, type SeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { openSeriesWriter, type SeriesWriterOptions } from '../../src/store/sqlite/series/writer.ts'
import { START } from '../store/series-access.ts'

/** A block as it is in the file. Times in milliseconds after `START`. */
interface StoredBlock {
  readonly start: number
  readonly end: number
  readonly level: number
  readonly resolution: number
  readonly samples: number
}

/** The series of a folder, for one test. */
export interface SeriesFile {
  readonly folder: string
  readonly path: string
  readonly problems: readonly string[]
  writer: SeriesWriter
  readonly reader: SeriesReader
  /** Opens a writer. */
  open(): SeriesWriter
  /** Closes reader and writer, and opens the writer again. The reader opens with its next query. */
  reopen(options?: Partial<SeriesWriterOptions>): void
  /** Rows of a query over the file. */
  rows(sql: string): Array<Record<string, unknown>>
  blocks(): StoredBlock[]
  close(): Promise<void>
}

export async function seriesFile(options: Partial<SeriesWriterOptions> = {}): Promise<SeriesFile> {
  const folder = await mkdtemp(join(tmpdir(), 'series-'))
  const problems: string[] = []
  const open = (more: Partial<SeriesWriterOptions>): SeriesWriter =>
    openSeriesWriter(folder, {
      seriesPerJob: 10_000,
      now: START,
      onProblem: (sentence) => problems.push(sentence),
      ...more,
    })
  const rows = (sql: string): Array<Record<string, unknown>> => {
    const database = new DatabaseSync(join(folder, 'series.db'), { readOnly: true })
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    } finally {
      database.close()
    }
  }
  const file: SeriesFile = {
    folder,
    path: join(folder, 'series.db'),
    problems,
    writer: open(options),
    reader: createSeriesReader(folder),
    open: () => open(options),
    reopen(more = {}) {
      file.reader.close()
      file.writer.close()
      file.writer = open({ ...options, ...more })
    },
    rows,
    blocks: () =>
      rows(
        `SELECT start - ${START} AS start, end - ${START} AS end, level, resolution, samples FROM block WHERE state = 1 ORDER BY first_batch`,
        // The columns are numbers.
      ) as unknown as StoredBlock[],
    async close() {
      file.reader.close()
      file.writer.close()
      await rm(folder, { recursive: true })
    },
  }
  return file
}
