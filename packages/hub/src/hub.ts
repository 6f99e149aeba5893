import { type HubOptions, hubSettings } from './options.ts'
import { type HubState, startParts } from './parts.ts'
import { createCors } from './receive/cors.ts'
import { createReceiver } from './receive/receiver.ts'
import { createAccess } from './serve/access.ts'
import { createApiRequest } from './serve/api-request.ts'
import { createAssets } from './serve/assets.ts'
import { createLiveRequest } from './serve/live-request.ts'
import type { Live } from './serve/live.ts'
import { createHostRules } from './serve/origins.ts'
import { createRoutes } from './serve/routes.ts'
import { startWebServer } from './serve/server.ts'
import { welcomePage } from './serve/welcome.ts'

/** A running hub. */
export interface Hub {
  /** The address for people and programs on this machine, such as `http://127.0.0.1:4318`. */
  readonly url: string
  readonly port: number
  /** Tokens that were generated because none was given and the hub listens for others. To be shown once. */
  readonly generated: { readonly token?: string; readonly viewToken?: string }
  /** Streams to pages. */
  readonly live: Live
  /** What the hub is doing. */
  state(): HubState
  /**
   * Ends the hub, once: stops listening, answers the requests that are under way, stores what was received, and ends all threads.
   *
   * @param deadlineMs Milliseconds for each of these steps. Default: 5000
   */
  close(deadlineMs?: number): Promise<void>
}

const CLOSE_MS = 5_000

/**
 * Starts a hub: it receives OTLP, scrapes, stores and answers queries. Resolves when it stores what it receives. The first
 * queries wait for their threads to start.
 *
 * @throws {TypeError} for an invalid option; an error of the system where the port is taken or the folder cannot be used
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const settings = hubSettings(options)
  const { log } = settings
  const hostRules = createHostRules(settings)
  const access = createAccess(settings)
  const assets = settings.dashboard === undefined ? undefined : createAssets(settings.dashboard)
  const failed = (error: unknown) =>
    log('error', error instanceof Error ? (error.stack ?? error.message) : String(error))

  let address = { host: settings.host, port: settings.port, url: '' }
  const parts = startParts(settings, () => `${address.host}:${address.port}`)
  const { own, ingest, admission, live } = parts
  try {
    await parts.ready
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
        api: createApiRequest(parts.api, { failed, answered: own.queried }),
        live: createLiveRequest(live),
        assets,
        welcome: () => welcomePage(address.url),
        metrics: own.text,
        isReady: () => ingest.isUp,
        failed,
      }),
      warn: (message) => log('warn', message),
    })
    address = { ...address, ...server }
    parts.begin()
    let closing: Promise<void> | undefined
    async function close(deadlineMs: number): Promise<void> {
      live.close()
      await Promise.all([server.close(deadlineMs), parts.scraper.stop()])
      await parts.close(deadlineMs)
    }
    return {
      url: server.url,
      port: server.port,
      generated: access.generated,
      live,
      state: parts.state,
      close: (deadlineMs = CLOSE_MS) => (closing ??= close(deadlineMs)),
    }
  } catch (error) {
    await parts.close(CLOSE_MS)
    throw error
  }
}
