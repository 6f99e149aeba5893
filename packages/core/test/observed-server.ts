import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo } from 'node:net'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type RequestRecord, type Sightline } from '../src/index.ts'

/** A server of node's own with the kit, or its bare twin. */
export interface ObservedServer extends AsyncDisposable {
  readonly server: Server | Http2Server
  readonly port: number
  readonly sightline: Sightline
  readonly lines: ReadonlyArray<Record<string, unknown>>
  /** Resolves with the records when so many requests have ended. */
  ended(count: number): Promise<readonly RequestRecord[]>
}

/** Serves one handler over HTTP/1. */
export function serve(handler: (req: IncomingMessage, res: ServerResponse) => void): Promise<ObservedServer> {
  return served((sightline) =>
    createServer((req, res) => {
      hostOf(sightline)
        .observe({ req, res, route: () => '/', clientIp: () => undefined })
        .run(() => handler(req, res))
    }),
  )
}

/** Serves one handler over HTTP/2. */
export function serveHttp2(
  handler: (req: Http2ServerRequest, res: Http2ServerResponse) => void,
  { bare = false }: { readonly bare?: boolean } = {},
): Promise<ObservedServer> {
  return served((sightline) =>
    createHttp2Server((req, res) => {
      if (bare) return handler(req, res)
      hostOf(sightline)
        .observe({ req, res, route: () => '/', clientIp: () => undefined })
        .run(() => handler(req, res))
    }),
  )
}

async function served(serverOf: (sightline: Sightline) => Server | Http2Server): Promise<ObservedServer> {
  const records: RequestRecord[] = []
  const lines: Array<Record<string, unknown>> = []
  let arrived = () => {}
  const sightline = createSightline({
    service: 'shop',
    log: { pretty: false, destination: { write: (line) => void lines.push(JSON.parse(line)) } },
    metrics: { runtime: false, host: false },
    sinks: [
      {
        name: 'recorder',
        write(record) {
          records.push(record)
          arrived()
        },
      },
    ],
  })
  const server = serverOf(sightline)
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => void sessions.add(session))
  server.on('sessionError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    port: (server.address() as AddressInfo).port,
    sightline,
    lines,
    async ended(count) {
      while (records.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
      return records
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy()
      if ('closeAllConnections' in server) server.closeAllConnections()
      if (server.listening) {
        server.close()
        await once(server, 'close')
      }
      await sightline.close()
    },
  }
}
