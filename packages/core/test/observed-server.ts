import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'

import { createSightline, type RequestRecord, type Sightline } from '../src/index.ts'
import type { NodeRequest, NodeResponse } from '../src/wire.ts'

type Handler = (req: NodeRequest, res: NodeResponse) => void

/** A server of node's own with the kit, or its bare twin. */
export interface ObservedServer extends AsyncDisposable {
  readonly server: Server | Http2Server
  readonly port: number
  readonly sightline: Sightline
  readonly lines: ReadonlyArray<Record<string, unknown>>
  /** Resolves with the records when so many requests have ended. */
  ended(count: number): Promise<readonly RequestRecord[]>
}

/** Serves one handler over HTTP/1 or HTTP/2. */
export async function serve(
  handler: Handler,
  { http2 = false, bare = false }: { readonly http2?: boolean; readonly bare?: boolean } = {},
): Promise<ObservedServer> {
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
  const listener: Handler = (req, res) => {
    if (bare) return handler(req, res)
    const exchange = { req, res, route: () => '/', clientIp: () => undefined }
    // What is handed to node's two objects is the same over both versions.
    sightline.observe(exchange as Parameters<Sightline['observe']>[0]).run(() => handler(req, res))
  }
  const server = http2 ? createHttp2Server(listener) : createServer(listener)
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
