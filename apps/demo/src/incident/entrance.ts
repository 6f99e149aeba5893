import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An address that stays while the process behind it is replaced, as a load balancer's. */
export interface Entrance {
  readonly url: string
  /** Sends new requests to another address. Those under way end where they are. */
  leadTo(url: string): void
  close(): Promise<void>
}

/** Opens an entrance on this machine, on the preferred port if that is free. */
export async function openEntrance(preferredPort: number): Promise<Entrance> {
  const agent = new Agent({ keepAlive: true })
  let target = ''
  const server = createServer((req, res) => pass(req, res, target, agent))
  try {
    server.listen(preferredPort, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  // A server on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    leadTo(url) {
      target = url
    },
    async close() {
      agent.destroy()
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

function pass(req: IncomingMessage, res: ServerResponse, target: string, agent: Agent): void {
  const { method, headers } = req
  const onward = request(target + (req.url ?? '/'), {
    agent,
    headers,
    ...(method !== undefined && { method }),
  })
  onward.on('response', (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(res)
    answer.on('error', () => res.destroy())
  })
  // A caller that gives up has to be seen by the service, and the other way round.
  onward.on('error', () => res.destroy())
  res.on('close', () => {
    if (!res.writableFinished) onward.destroy()
  })
  req.pipe(onward)
}
