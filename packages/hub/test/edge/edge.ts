import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { afterEach } from '@jest/globals'

import type { BodyForm, Ingest, Signal, Stored } from '../../src/ingest/ingest.ts'
import { type AdmissionLimits, createAdmission } from '../../src/receive/admission.ts'
import { createCors } from '../../src/receive/cors.ts'
import { createReceiver } from '../../src/receive/receiver.ts'
import { createAccess } from '../../src/serve/access.ts'
import { type Api, createApiRequest } from '../../src/serve/api-request.ts'
import { createAssets } from '../../src/serve/assets.ts'
import { createLiveRequest } from '../../src/serve/live-request.ts'
import { createLive, type LiveLimits } from '../../src/serve/live.ts'
import { createHostRules } from '../../src/serve/origins.ts'
import { createRoutes } from '../../src/serve/routes.ts'
import { startWebServer } from '../../src/serve/server.ts'
import { welcomePage } from '../../src/serve/welcome.ts'

/** A request that the fake ingest has taken. */
interface Taken extends BodyForm {
  readonly signal: Signal
  readonly body: Uint8Array
}

export interface EdgeOptions {
  /** The address that the rules are for. The server always listens on 127.0.0.1. */
  readonly host?: string
  readonly hosts?: readonly string[]
  readonly token?: string
  readonly viewToken?: string
  readonly origins?: readonly string[]
  readonly admission?: AdmissionLimits
  readonly maxBytes?: number
  readonly maxConnections?: number
  readonly live?: LiveLimits
  readonly assets?: string
  readonly take?: (taken: Taken) => Promise<Stored>
  readonly waitMs?: () => number
  readonly api?: Api
}

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Starts the hub's server over an ingest of the test's own. */
export async function startEdge(options: EdgeOptions = {}) {
  const { host = '127.0.0.1', hosts = [], token, viewToken, origins = [] } = options
  const taken: Taken[] = []
  const lines: string[] = []
  const faults: unknown[] = []
  const refusals: string[] = []
  const ingest: Ingest = {
    take(signal, body, form) {
      const request = { signal, body, ...form }
      taken.push(request)
      return options.take?.(request) ?? Promise.resolve({ rejected: 0, reason: '' })
    },
    waitMs: () => options.waitMs?.() ?? 0,
    samples: () => undefined,
  }
  const failed = (error: unknown) => void faults.push(error)
  const hostRules = createHostRules({ host, hosts })
  const access = createAccess({ host, token, viewToken })
  const live = createLive(options.live)
  const admission = createAdmission(options.admission)
  const receive = createReceiver({
    ingest,
    admission,
    cors: createCors(origins, hostRules),
    mayIngest: access.mayIngest,
    counts: {
      received: () => undefined,
      refused: (signal, { reason }) => void refusals.push(`${signal} ${reason}`),
      rejected: () => undefined,
      answered: () => undefined,
    },
    failed,
    ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }),
  })
  const api: Api =
    options.api ?? (({ path }) => Promise.resolve({ status: 200, body: JSON.stringify({ path }) }))
  const server = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    handle: createRoutes({
      hostRules,
      access,
      receive,
      api: createApiRequest(api, { failed, answered: () => undefined }),
      live: createLiveRequest(live),
      assets: options.assets === undefined ? undefined : createAssets(options.assets),
      welcome: () => welcomePage('http://127.0.0.1'),
      metrics: () => 'hub_up 1\n',
      isReady: () => true,
      failed,
    }),
    warn: (message) => lines.push(message),
    ...(options.maxConnections !== undefined && { maxConnections: options.maxConnections }),
  })
  closers.push(() => server.close(0))
  return { port: server.port, url: server.url, taken, lines, faults, refusals, access, live, admission }
}

export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  /** As UTF-8. */
  readonly body: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

/** Sends a request with exactly this path and these headers, which `fetch` would not do. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      buffer(res).then((bytes) => {
        resolve({ status: res.statusCode ?? 0, headers: res.headers, bytes, body: bytes.toString('utf8') })
      }, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
