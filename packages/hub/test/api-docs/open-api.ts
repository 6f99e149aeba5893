import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createApi } from '../../src/api/api.ts'
import { createActivity } from '../../src/own/activity.ts'
import { receivedState } from '../../src/own/hub-state.ts'
import { createQueries } from '../../src/query/queries.ts'
import type { TargetsData } from '../../src/scrape/scraper.ts'
import { createSaved } from '../../src/serve/saved.ts'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import { writeSeries } from '../stored/series.ts'
import { NOW, SERIES, writeEvents } from './data.ts'

/** An API over a store with the data of the examples. Queries run in threads, as they do in a hub. */
export async function openApi(): Promise<{
  readonly api: ReturnType<typeof createApi>
  close(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-api-'))
  const options = { folder, maxDisk: 1e9, retention: 10 * 365 * 86_400_000, seriesPerJob: 10_000 }
  const store = openStore(options)
  writeSeries(folder, SERIES)
  const writer = store.openEvents(0)
  writeEvents(writer)
  writer.close()
  const keeper = store.openKeeper()
  const module = new URL('../../src/store/sqlite/open-store.ts', import.meta.url).href
  const queries = createQueries({ store: { module, options } })
  const targets = (): TargetsData => ({
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
  })
  const api = createApi({
    queries,
    keeper,
    targets,
    state: async () => ({ ready: true, requests: 0, bytes: 0, threadDeaths: 0, ...received(targets) }),
    saved: createSaved(join(folder, 'saved')),
    version: '1.0.0',
    now: () => NOW,
  })
  return {
    api,
    async close() {
      await queries.close()
      keeper.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** What a hub has received in the second before the examples are asked. */
function received(targets: () => TargetsData): ReturnType<typeof receivedState> {
  const activity = createActivity(() => NOW)
  activity.stored([
    { signal: 'traces', job: 'shop', items: 4, aheadMs: -180 },
    { signal: 'logs', job: 'shop', items: 3, aheadMs: -240 },
    { signal: 'metrics', job: 'mail', items: 12 },
  ])
  activity.answered('traces', 0.021)
  activity.answered('logs', 0.018)
  activity.queried(0.007)
  return receivedState({
    activity,
    targets,
    refusals: () => ({
      requests: [{ signal: 'traces', reason: 'undecodable', count: 1 }],
      items: [{ signal: 'logs', count: 2 }],
    }),
    series: () => ({
      samples: 7_000,
      outOfOrder: 0,
      overLimit: new Map([['shop', 40]]),
      series: new Map([
        ['shop', 25],
        ['mail', 8],
      ]),
    }),
    limits: { maxDisk: 5e9, retention: 14 * 86_400_000, seriesPerJob: 20_000 },
  })
}
