import { join } from 'node:path'

import { createApi } from './api/api.ts'
import { createForward } from './forward/forward.ts'
import { startKeeper } from './ingest/keeper.ts'
import { type IngestThreads, startIngest } from './ingest/start-ingest.ts'
import { startThread } from './ingest/start-thread.ts'
import { moduleUrl } from './modules.ts'
import type { HubSettings } from './options.ts'
import { createActivity } from './own/activity.ts'
import { receivedState } from './own/hub-state.ts'
import { createOwnMetrics, type OwnMetrics } from './own/own-metrics.ts'
import { startOwnSamples } from './own/own-samples.ts'
import { createQueries } from './query/queries.ts'
import { type Admission, createAdmission } from './receive/admission.ts'
import { createScraper, type Scraper } from './scrape/scraper.ts'
import type { Api } from './serve/api-request.ts'
import { createLive, type Live } from './serve/live.ts'
import { createSaved } from './serve/saved.ts'
import { createStoredTopic } from './serve/stored-topic.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { VERSION } from './version.ts'

/** What is being received, and threads that failed. */
export interface HubState {
  /** Whether everything can be stored now. */
  readonly ready: boolean
  /** Requests that are being received or wait to be stored. */
  readonly requests: number
  readonly bytes: number
  readonly threadDeaths: number
}

/** The parts of a hub behind its server. */
export interface Parts {
  readonly ingest: IngestThreads
  readonly admission: Admission
  readonly own: OwnMetrics
  readonly live: Live
  readonly scraper: Scraper
  readonly api: Api
  /** Resolves when everything can be stored. */
  readonly ready: Promise<void>
  /** Starts what the start of the hub need not wait for: the scraper, and threads that compete with the first ones for the cores. */
  begin(): void
  state(): HubState
  /** Stores what was received, and ends all threads. */
  close(deadlineMs: number): Promise<void>
}

const RETAIN_MS = 60_000

/**
 * Takes the folder of the data, starts the threads, and connects the parts.
 *
 * @param instance host and port of the hub, for the labels of its own metrics
 * @throws {Error} one sentence, if another hub uses the folder
 */
export function startParts(settings: HubSettings, instance: () => string): Parts {
  const { log, folder, maxDisk, retention, seriesPerJob, redact } = settings
  const store = {
    module: moduleUrl('store/sqlite/open-store').href,
    options: { folder, maxDisk, retention, seriesPerJob },
  }
  const lock = lockFolder(folder)
  const begun = Promise.withResolvers<void>()
  const live = createLive()
  const tellStored = createStoredTopic(live)
  const admission = createAdmission()
  const forward =
    settings.forward === undefined ? undefined : createForward(settings.forward, settings.forwardFolder, log)
  const ingest = startIngest({
    eventThreads: settings.eventThreads,
    startEvents: (writer) => startThread('event-thread', { store, writer, redact }),
    startSeries: () => startThread('series-thread', { store, redact }),
    startWhen: begun.promise,
    forward: forward?.send,
    stored(counts) {
      own.stored(counts)
      tellStored(counts)
    },
    log,
  })
  const startKeeperThread = () => startThread('keeper-thread', { store, retainMs: RETAIN_MS })
  const keeper = startKeeper(startKeeperThread, log, begun.promise)
  const queries = createQueries({ store, startWhen: begun.promise })
  const activity = createActivity()
  const own = createOwnMetrics({
    instance,
    queue: () => ingest.queue,
    series: () => ingest.series,
    deaths: () => ingest.deaths,
    underived: () => ingest.underived,
    store: () => ownSamples.store,
    queries: () => queries.state(),
    activity,
    more: forward?.families ?? [],
  })
  const ownSamples = startOwnSamples({ own, keeper, ingest })
  const scraper = createScraper({ configs: settings.scrape, ingest })
  for (const problem of scraper.problems) log('warn', problem)

  const state = (): HubState => ({
    ready: ingest.isUp,
    requests: admission.requests,
    bytes: admission.bytes,
    threadDeaths: ingest.deaths,
  })
  const api = createApi({
    queries,
    keeper,
    targets: () => scraper.targets(),
    state: () =>
      Promise.resolve({
        ...state(),
        ...receivedState({
          activity,
          refusals: own.refusals,
          series: () => ingest.series,
          targets: () => scraper.targets(),
          limits: { maxDisk, retention, seriesPerJob },
        }),
      }),
    saved: createSaved(join(folder, 'saved')),
    version: VERSION,
  })

  return {
    ingest,
    admission,
    own,
    live,
    scraper,
    api,
    ready: ingest.ready,
    begin() {
      begun.resolve()
      scraper.start()
    },
    state,
    async close(deadlineMs) {
      ownSamples.stop()
      // The last connection to a file removes its log, if it may write.
      await Promise.all([keeper.close(deadlineMs), queries.close()])
      await ingest.close(deadlineMs)
      await forward?.close(deadlineMs)
      lock.release()
    },
  }
}
