import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A line of a request body. */
interface Item {
  readonly id: number
  /** Creation time, in milliseconds since the epoch. */
  readonly at?: number
}

/** A complete request. */
interface Received {
  readonly items: readonly Item[]
  readonly bytes: number
  readonly headers: IncomingMessage['headers']
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Answers a request. `accept` takes the items and responds. */
export type Behaviour = (exchange: {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly received: Received
  accept(): void
  /** Takes the items, and leaves the response to the caller. */
  keep(): void
}) => void

export const accepting: Behaviour = ({ accept }) => accept()
/** Never responds to a request. */
export const silent: Behaviour = () => undefined
/** Takes the items, and loses the response. */
export const forgetful: Behaviour = ({ req, keep }) => {
  keep()
  req.socket.destroy()
}
export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Behaviour =>
  ({ res }) => {
    res.writeHead(status, headers).end(body)
  }

/** A destination for lines of {@link Item}s that can fail like a real one. */
export interface TestSink {
  readonly url: string
  readonly port: number
  /** Deliveries per item id. */
  readonly taken: ReadonlyMap<number, number>
  /** All requests, in order of arrival. */
  readonly requests: readonly Received[]
  /** Number of connections so far. */
  readonly connections: number
  behave(behaviour: Behaviour): void
  /** Removes the recorded requests. The counts in `taken` stay. */
  forget(): void
  /** Closes the port. */
  refuse(): Promise<void>
  /** Opens the port again. */
  reopen(): Promise<void>
  /** Resolves when the condition holds. Checked after each request. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

/** Starts a sink on a port of a loopback address. Port 0: any free port. */
export async function startSink(wanted = 0, address = '127.0.0.1'): Promise<TestSink> {
  const changes = new EventEmitter().setMaxListeners(0)
  const taken = new Map<number, number>()
  const requests: Received[] = []
  let connections = 0
  let behaviour = accepting
  let server: Server
  let port = wanted

  async function open(): Promise<void> {
    server = createServer((req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('error', () => undefined)
      req.on('end', () => {
        const body = Buffer.concat(chunks)
        const text = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
        const items = text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Item)
        const received = {
          items,
          bytes: text.length,
          headers: req.headers,
          path: req.url ?? '',
          at: Date.now(),
        }
        requests.push(received)
        const keep = () => {
          for (const { id } of items) taken.set(id, (taken.get(id) ?? 0) + 1)
        }
        const accept = () => {
          keep()
          res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
        }
        behaviour({ req, res, received, accept, keep })
        changes.emit('change')
      })
    })
    // A busy client may be late with its next request, and a closed connection delays it further.
    server.keepAliveTimeout = 60_000
    server.on('connection', () => {
      connections++
      changes.emit('change')
    })
    server.listen(port, address)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  async function shut(): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  await open()
  return {
    url: `http://${address}:${port}/items`,
    port,
    taken,
    requests,
    get connections() {
      return connections
    },
    behave(next) {
      behaviour = next
      changes.emit('change')
    },
    refuse: shut,
    reopen: open,
    forget() {
      requests.length = 0
    },
    async until(holds) {
      while (!holds()) await once(changes, 'change')
    },
    async close() {
      if (server.listening) await shut()
    },
  }
}
