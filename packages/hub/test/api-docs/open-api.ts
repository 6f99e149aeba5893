import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createApi } from '../../src/api/api.ts'
import type { ErrorState } from '../../src/store/search.ts'
import { setErrorState } from '../../src/store/sqlite/events/errors/error-states.ts'
import { createEventReader } from '../../src/store/sqlite/events/read/event-reader.ts'
import { openEventWriter } from '../../src/store/sqlite/events/write/event-writer.ts'
import { createSeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { inlineQueries } from '../api/inline-queries.ts'
import { writeSeries } from '../stored/series.ts'
import { NOW, SERIES, writeEvents } from './data.ts'

/** An API over a store with the data of the examples. Queries run in threads, as they do in a hub. */
export async function openApi(): Promise<{
  readonly api: ReturnType<typeof createApi>
  close(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-api-'))
  writeSeries(folder, SERIES)
  const writer = openEventWriter(folder, 0, { now: () => NOW })
  writeEvents(writer)
  writer.close()
  const events = createEventReader(folder, { now: () => NOW })
  const series = createSeriesReader(folder)
  const close = () => {
    events.close()
    series.close()
  }
  const queries = inlineQueries({ ...events, ...series, close })
  const keeper = {
    setErrorState: async (fingerprint: string, state: ErrorState, now: bigint) =>
      setErrorState(folder, fingerprint, state, now),
    state: async () => ({
      bytes: { events: 1, series: 2, kept: 3 },
      oldest: 4,
      newest: 5,
      spans: 6,
      logs: 7,
      series: 8,
      problems: [],
    }),
  }
  const api = createApi({
    queries,
    keeper,
    targets: () => ({
      activeTargets: [
        {
          discoveredLabels: { __address__: 'mail:9090', job: 'mail' },
          labels: { instance: 'mail:9090', job: 'mail' },
          scrapePool: 'mail',
          scrapeUrl: 'http://mail:9090/metrics',
          globalUrl: 'http://mail:9090/metrics',
          lastError: '',
          lastScrape: new Date(NOW).toISOString(),
          lastScrapeDuration: 0.004,
          health: 'up',
          scrapeInterval: '15s',
          scrapeTimeout: '10s',
        },
      ],
      droppedTargets: [],
    }),
    state: async () => ({}),
    version: '1.0.0',
    now: () => NOW,
  })
  return {
    api,
    async close() {
      close()
      await rm(folder, { recursive: true })
    },
  }
}
