import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import type { ApiRequest, ApiResponse } from '../../src/api/request.ts'

/** An API on a port of this machine, without the protections of the hub's server. */
export interface ApiServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves an API to real clients. */
export async function serveApi(api: (request: ApiRequest) => Promise<ApiResponse>): Promise<ApiServer> {
  const answered = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const [path = '', search = ''] = (req.url ?? '').split('?')
    const answer = await api({
      method: req.method ?? '',
      path,
      query: new URLSearchParams(search),
      body: await text(req),
      headers: req.headers,
      signal: gone.signal,
    })
    res.writeHead(answer.status, answer.headers).end(req.method === 'HEAD' ? undefined : answer.body)
  }
  const server = createServer((req, res) => void answered(req, res))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
