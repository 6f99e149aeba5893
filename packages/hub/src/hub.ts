import { createApi } from './api/api.ts'
import { createForward } from './forward/forward.ts'
import { startKeeper } from './ingest/keeper.ts'
import { startIngest } from './ingest/start-ingest.ts'
import { startThread } from './ingest/start-thread.ts'
import { type HubOptions, hubSettings } from './options.ts'
import { createOwnMetrics } from './own/own-metrics.ts'
import { startOwnSamples } from './own/own-samples.ts'
import { createQueries } from './query/queries.ts'
import { createAdmission } from './receive/admission.ts'
import { createCors } from './receive/cors.ts'
import { createReceiver } from './receive/receiver.ts'
import { createScraper } from './scrape/scraper.ts'
import { createAccess } from './serve/access.ts'
import { createApiRequest } from './serve/api-request.ts'
import { createAssets } from './serve/assets.ts'
import { createLiveRequest } from './serve/live-request.ts'
import { createLive, type Live } from './serve/live.ts'
import { createHostRules } from './serve/origins.ts'
import { createRoutes } from './serve/routes.ts'
import { startWebServer } from './serve/server.ts'
import { welcomePage } from './serve/welcome.ts'
import { lockFolder } from './store/sqlite/lock.ts'
import { VERSION } from './version.ts'

/** A running hub. */
export interface Hub {
  /** The address for people and programs on this machine, such as `http://127.0.0.1:4318`. */
  readonly url: string
  readonly port: number
  /** Tokens that were generated because none was given and the hub listens for others. To be shown once. */
  readonly generated: { readonly token?: string; readonly viewToken?: string }
  /** Streams to pages. */
  readonly live: Live
  /** The state of the receiving part, for `/api/hub`. */
  state(): HubState
  /**
   * Stops listening, answers the requests that are under way, stores what was received, and ends all threads.
   *
   * @param deadlineMs Milliseconds for each of these steps. Default: 5000
   */
  close(deadlineMs?: number): Promise<void>
}

/** Requests and bytes that wait to be stored, and threads that failed. */
export interface HubState {
  readonly ready: boolean
  readonly queuedRequests: number
  readonly queuedBytes: number
  readonly threadDeaths: number
}

const CLOSE_MS = 5_000
const RETAIN_MS = 60_000

/**
 * Starts a hub: it receives OTLP, scrapes, stores and answers queries. Resolves when it can do all of that.
 *
 * @throws {TypeError} for an invalid option; an `Error` where another hub uses the folder, and an error of the system where the port is
 * taken or the folder cannot be used
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const settings = hubSettings(options)
  const { log, folder, maxDisk, retention, seriesPerJob, redact } = settings
  const failed = (error: unknown) =>
    log('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
  const store = {
    module: new URL(
      `./store/sqlite/open-store.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
      import.meta.url,
    ).href,
    options: { folder, maxDisk, retention, seriesPerJob },
  }

  const lock = lockFolder(folder)
  const live = createLive()
  const forward =
    settings.forward === undefined ? undefined : createForward(settings.forward, settings.forwardFolder, log)
  const ingest = startIngest({
    eventThreads: settings.eventThreads,
    startEvents: (writer) => startThread('event-thread', { store, writer, redact }),
    startSeries: () => startThread('series-thread', { store }),
    forward: forward?.send,
    stored(counts) {
      own.stored(counts)
      for (const count of counts) live.publish('stored', count)
    },
    log,
  })
  const keeper = startKeeper(() => startThread('keeper-thread', { store, retainMs: RETAIN_MS }), log)
  const admission = createAdmission()
  const own = createOwnMetrics(`${settings.host}:${settings.port}`, {
    queue: () => ingest.queue,
    series: () => ingest.series,
    deaths: () => ingest.deaths,
    store: () => ownSamples.store,
    more: forward?.families ?? [],
  })
  const ownSamples = startOwnSamples({ own, keeper, ingest })
  const scraper = createScraper({ configs: settings.scrape, ingest })
  for (const problem of scraper.problems) log('warn', problem)
  const queries = createQueries({ store })
  const state = (): HubState => ({
    ready: ingest.isUp,
    queuedRequests: admission.requests,
    queuedBytes: admission.bytes,
    threadDeaths: ingest.deaths,
  })
  const api = createApi({
    queries,
    keeper,
    targets: () => scraper.targets(),
    state: () => Promise.resolve({ ...state() }),
    version: VERSION,
  })

  const hostRules = createHostRules(settings)
  const access = createAccess(settings)
  const stopThreads = async (deadlineMs: number) => {
    await Promise.all([ingest.close(deadlineMs), keeper.close(deadlineMs), queries.close()])
    await forward?.close(deadlineMs)
    lock.release()
  }
  try {
    await Promise.all([ingest.ready, keeper.ready])
    const server = await startWebServer({
      host: settings.host,
      port: settings.port,
      handle: createRoutes({
        hostRules,
        access,
        receive: createReceiver({
          ingest,
          admission,
          cors: createCors(settings.origins, hostRules),
          mayIngest: access.mayIngest,
          counts: own,
          failed,
        }),
        api: createApiRequest(api, failed),
        live: createLiveRequest(live),
        assets: settings.dashboard === undefined ? undefined : createAssets(settings.dashboard),
        welcome: () => welcomePage(server.url),
        metrics: own.text,
        isReady: () => ingest.isUp,
        failed,
      }),
      warn: (message) => log('warn', message),
    })
    scraper.start()
    return {
      url: server.url,
      port: server.port,
      generated: access.generated,
      live,
      state,
      async close(deadlineMs = CLOSE_MS) {
        ownSamples.stop()
        live.close()
        await Promise.all([server.close(deadlineMs), scraper.stop()])
        await stopThreads(deadlineMs)
      },
    }
  } catch (error) {
    ownSamples.stop()
    await stopThreads(CLOSE_MS)
    throw error
  }
}
