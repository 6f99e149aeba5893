import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2Session } from 'node:http2'
import { Server as NetServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Server as TlsServer } from 'node:tls'

/** A server of `node:http`, `node:https` or `node:http2`. */
export type HttpServer = NetServer & {
  closeIdleConnections?(): void
  closeAllConnections?(): void
}

/** What a connection is busy with. */
type Occupation = 'nothing' | 'request' | 'stream' | 'upgraded'

/** How many connections were cut, by what they were busy with. */
export interface Cut {
  readonly requests: number
  readonly streams: number
  readonly upgraded: number
}

/** How long an event stream or WebSocket may take to say goodbye. */
const GOODBYE_MS = 500
/** How long the headers of a request may take that had begun to arrive. */
const HEADERS_MS = 1_000
/** A connection that was busy so short a time ago may have its next request on the way. */
const IDLE_MS = 150

/** A server that listens, and its connections. Only watched, until it is to end. */
export class ServedConnections {
  readonly server: HttpServer
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<Http2Session>()
  readonly #http1: boolean
  /** Those that were told to end: as what, and when. */
  readonly #told = new Map<Socket, { readonly occupation: Occupation; readonly at: number }>()
  #refusing: { readonly since: number; readonly closed: Promise<void> } | undefined = undefined

  constructor(server: HttpServer) {
    this.server = server
    this.#http1 = server.closeIdleConnections !== undefined
    const event = server instanceof TlsServer ? 'secureConnection' : 'connection'
    server.on(event, (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('session', (session: Http2Session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
    })
  }

  /**
   * Takes no connection any more, and has every response say that its connection will not be used again. Resolves when
   * the last connection is gone.
   *
   * node's own `close` of an HTTP server cuts idle connections in the same moment: a request that is on its way would be
   * lost. That of its base class does not.
   */
  refuse(): Promise<void> {
    if (this.#refusing) return this.#refusing.closed
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#refusing = { since: performance.now(), closed: promise }
    this.server.prependListener('request', (_req: IncomingMessage, res: ServerResponse) => announceEnd(res))
    for (const socket of this.#sockets) {
      const response = responseOn(socket)
      if (response) announceEnd(response)
    }
    for (const session of this.#sessions) session.close()
    NetServer.prototype.close.call(this.server, () => resolve())
    return promise
  }

  /**
   * Ends what would not end by itself: tells streams and upgraded connections, cuts those that were told and have not
   * gone, closes connections on which nobody waits for an answer. To be called again and again until all are gone.
   */
  sweep(): Cut {
    const now = performance.now()
    const age = now - (this.#refusing?.since ?? now)
    const overdue: Socket[] = []
    for (const socket of this.#sockets) {
      const told = this.#told.get(socket)
      if (told) {
        if (now - told.at >= GOODBYE_MS) overdue.push(socket)
        continue
      }
      const occupation = this.#occupationOf(socket)
      if (occupation === 'nothing' && age >= HEADERS_MS) socket.destroy()
      if (occupation !== 'stream' && occupation !== 'upgraded') continue
      this.#told.set(socket, { occupation, at: now })
      if (occupation === 'stream') endStream(responseOn(socket) as ServerResponse)
      else endUpgraded(socket)
    }
    if (age >= IDLE_MS) this.server.closeIdleConnections?.()
    return this.#cut(overdue)
  }

  /** Cuts whatever is left. */
  cut(): Cut {
    const cut = this.#cut([...this.#sockets])
    for (const session of this.#sessions) session.destroy()
    // What has connected before anybody watched.
    this.server.closeAllConnections?.()
    return cut
  }

  #cut(sockets: readonly Socket[]): Cut {
    const cut = { requests: 0, streams: 0, upgraded: 0 }
    for (const socket of sockets) {
      const { occupation } = this.#told.get(socket) ?? { occupation: this.#occupationOf(socket) }
      if (occupation === 'request') cut.requests++
      else if (occupation === 'stream') cut.streams++
      else if (occupation === 'upgraded') cut.upgraded++
      socket.destroy()
    }
    return cut
  }

  #occupationOf(socket: Socket): Occupation {
    const response = responseOn(socket)
    if (response) return isEventStream(response) ? 'stream' : 'request'
    // Over HTTP/2 a connection is a session, which ends by itself once it has been told to.
    if (!this.#http1 || (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2') return 'nothing'
    // node takes its parser off a connection that is no longer HTTP.
    return (socket as { parser?: unknown }).parser ? 'nothing' : 'upgraded'
  }
}

/**
 * The response that node is about to send on a connection. node keeps it there under a name of its own, on which all
 * libraries for graceful shutdown rely: to ask for it at the end costs the requests before nothing.
 */
function responseOn(socket: Socket): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
}

function announceEnd(response: ServerResponse): void {
  // Over HTTP/2 there is no such header.
  if (!response.headersSent && response.req.httpVersionMajor === 1) response.setHeader('connection', 'close')
}

function isEventStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream')
}

/** Ends a response although its handler goes on to write. What it writes from now on goes nowhere, without an error. */
function endStream(response: ServerResponse): void {
  const { end } = response
  response.write = () => false
  response.end = () => response
  Reflect.apply(end, response, [])
}

/** WebSocket's own goodbye, https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const GOING_AWAY = 1_001

/**
 * Says goodbye in the connection's own protocol where that is known: `ws`, on which nearly all WebSocket servers of node
 * stand, keeps its side of a connection on the socket. All others see the end of the stream.
 */
function endUpgraded(socket: Socket): void {
  const key = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'websocket')
  const webSocket =
    key && (socket as unknown as Record<symbol, { close?(code: number, reason: string): void }>)[key]
  if (webSocket?.close) webSocket.close(GOING_AWAY, 'the service is shutting down')
  else socket.end()
}

// A process has one set of servers. They are watched from when the first application asks.
const listening = new Set<ServedConnections>()
const watchers = new Set<(served: ServedConnections) => void>()
let watching = false

/** The HTTP servers of this process that listen, as far as they began to after the first call. */
export function servedConnections(): ReadonlySet<ServedConnections> {
  watchServers()
  return listening
}

/** Calls `fn` for every HTTP server of this process that begins to listen. Returns what ends that. */
export function whenServing(fn: (served: ServedConnections) => void): () => void {
  watchServers()
  watchers.add(fn)
  return () => watchers.delete(fn)
}

/** Servers of Sightline's own, which answer to the last. */
const own = new WeakSet<NetServer>()

/** Leaves a server of Sightline's own out: whoever made it ends it. */
export function exempt(server: NetServer): void {
  own.add(server)
}

/** https://nodejs.org/api/diagnostics_channel.html#event-tracingnetserverlistenasyncend */
function watchServers(): void {
  if (watching) return
  watching = true
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: HttpServer }
    if (own.has(server) || server.listenerCount('request') === 0) return
    const served = servedBy(server)
    for (const watcher of watchers) watcher(served)
  })
}

/** The connections of a server, watched from now on if they were not before. */
export function servedBy(server: HttpServer): ServedConnections {
  for (const known of listening) if (known.server === server) return known
  const served = new ServedConnections(server)
  listening.add(served)
  server.once('close', () => listening.delete(served))
  return served
}
