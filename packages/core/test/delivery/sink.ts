import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** What the sink's clients send: lines of these. */
interface Item {
  readonly id: number
  /** Milliseconds since the epoch: when it was made. */
  readonly at?: number
}

/** A request as it has arrived, whole. */
interface Received {
  readonly items: readonly Item[]
  readonly bytes: number
  readonly headers: IncomingMessage['headers']
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** How the sink answers. `accept` takes the items in and says so. */
export type Behaviour = (exchange: {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly received: Received
  accept(): void
  /** Takes the items in, and leaves the answer to the caller. */
  keep(): void
}) => void

export const accepting: Behaviour = ({ accept }) => accept()
/** Takes the request, and never says a word. */
export const silent: Behaviour = () => undefined
/** Takes the items in, and loses the answer. */
export const forgetful: Behaviour = ({ req, keep }) => {
  keep()
  req.socket.destroy()
}
export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Behaviour =>
  ({ res }) => {
    res.writeHead(status, headers).end(body)
  }

/** A destination that takes lines of {@link Item}s, and can be as bad as real ones. */
export interface TestSink {
  readonly url: string
  readonly port: number
  /** How often each id was taken in. */
  readonly taken: ReadonlyMap<number, number>
  /** Everything that came, in the order in which it came. */
  readonly requests: readonly Received[]
  /** How many connections there have been. */
  readonly connections: number
  behave(behaviour: Behaviour): void
  /** Lets go of the requests so far; what was taken stays known. */
  forget(): void
  /** Closes the port. */
  refuse(): Promise<void>
  /** Opens it again. */
  reopen(): Promise<void>
  /** Resolves as soon as this holds; looked at whenever a request has come. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

/** Starts a sink on a port of a loopback address; 0: any. */
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
    // A busy client may be late with its next request, and one that a connection holds up is held up for long.
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
