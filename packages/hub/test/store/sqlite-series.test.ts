import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createSeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { openSeriesWriter } from '../../src/store/sqlite/series/writer.ts'
import { describeSeries } from './describe-series.ts'
import { START } from './series-access.ts'

describeSeries('the embedded store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'series-'))
  return {
    openWriter: ({ seriesPerJob } = { seriesPerJob: 10_000 }) =>
      openSeriesWriter(folder, { seriesPerJob, now: START, retention: Infinity }),
    openReader: () => createSeriesReader(folder),
    remove: () => rm(folder, { recursive: true }),
  }
})
