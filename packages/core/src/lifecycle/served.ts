import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { Server as NetServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Server as TlsServer } from 'node:tls'

import type { HttpServer } from '../seam.ts'
import { type Place, Roster } from './roster.ts'

/** What a connection is busy with. */
type Occupation = 'nothing' | 'session' | 'requests' | 'streams' | 'upgraded'

/** How many connections did not end by themselves, by what they were busy with. */
export type Cut = Record<Exclude<Occupation, 'nothing' | 'session'>, number>

/** How long an event stream or WebSocket may take to say goodbye. */
const GOODBYE_MS = 500
/** How long the headers of a request may take that had begun to arrive. */
const HEADERS_MS = 1_000
/** How long nothing has to arrive on a connection without a request, before it is closed. */
const IDLE_MS = 150

/** A server that listens, and its connections. Only watched, until it is to end. */
export class ServedConnections {
  readonly server: HttpServer
  readonly #sockets = new Set<Socket>()
  /** Of HTTP/2: a session ends by itself once it has been told to and its last stream has ended. */
  readonly #sessions = new Set<Http2Session>()
  readonly #streams = new Set<ServerHttp2Stream>()
  readonly #http1: boolean
  /** When those that do not end by themselves were told to. */
  readonly #told = new Map<Socket, number>()
  /** What had arrived on those on which there is no request, and since when it has been no more. */
  readonly #heard = new Map<Socket, { readonly bytes: number; readonly at: number }>()
  /** Whether it is watched since before its first connection. */
  readonly #complete: boolean
  #refusing: { readonly since: number; readonly closed: Promise<void> } | undefined = undefined

  constructor(server: HttpServer, complete: boolean) {
    this.server = server
    this.#complete = complete
    this.#http1 = server.closeIdleConnections !== undefined
    const event = server instanceof TlsServer ? 'secureConnection' : 'connection'
    server.on(event, (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('session', (session: Http2Session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      session.on('stream', (stream: ServerHttp2Stream) => {
        this.#streams.add(stream)
        stream.once('close', () => this.#streams.delete(stream))
      })
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
    const cut = nothingCut()
    const now = performance.now()
    const age = now - (this.#refusing?.since ?? now)
    for (const stream of this.#streams) {
      if (!isEvents(stream.sentHeaders?.['content-type'])) continue
      cut.streams++
      this.#streams.delete(stream)
      stream.close(constants.NGHTTP2_NO_ERROR)
    }
    for (const socket of this.#sockets) {
      const toldAt = this.#told.get(socket)
      if (toldAt !== undefined) {
        if (now - toldAt >= GOODBYE_MS) socket.destroy()
        continue
      }
      const occupation = this.#occupationOf(socket)
      if (occupation === 'nothing' && (age >= HEADERS_MS || this.#isQuiet(socket, now))) socket.destroy()
      if (occupation !== 'streams' && occupation !== 'upgraded') continue
      this.#told.set(socket, now)
      cut[occupation]++
      if (occupation === 'streams') endStream(responseOn(socket) as ServerResponse)
      else endUpgraded(socket)
    }
    // For connections from before anybody watched. node takes one for idle whose response is still being sent.
    if (!this.#complete && age >= IDLE_MS) this.server.closeIdleConnections?.()
    return cut
  }

  /** Cuts whatever is left. */
  cut(): Cut {
    const cut = nothingCut()
    cut.requests = this.#streams.size
    for (const socket of this.#sockets) {
      const occupation = this.#occupationOf(socket)
      if (occupation !== 'nothing' && occupation !== 'session' && !this.#told.has(socket)) cut[occupation]++
      socket.destroy()
    }
    for (const session of this.#sessions) session.destroy()
    // What has connected before anybody watched.
    this.server.closeAllConnections?.()
    return cut
  }

  /** Whether nothing has arrived for a moment: the next request may be on its way. */
  #isQuiet(socket: Socket, now: number): boolean {
    const heard = this.#heard.get(socket)
    if (heard?.bytes === socket.bytesRead) return now - heard.at >= IDLE_MS
    this.#heard.set(socket, { bytes: socket.bytesRead, at: now })
    return false
  }

  #occupationOf(socket: Socket): Occupation {
    const response = responseOn(socket)
    if (response) return isEventStream(response) ? 'streams' : 'requests'
    if (!this.#http1 || (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2') return 'session'
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
  if (response.headersSent || response.req.httpVersionMajor !== 1) return
  // A header that is set here would change how node takes those that are given to `writeHead`.
  if (response.hasHeader('connection')) response.setHeader('connection', 'close')
  else response.shouldKeepAlive = false
}

/** Read from the headers as they were sent: node forgets those that were given to `writeHead` alone. */
function isEventStream(response: ServerResponse): boolean {
  const { _header } = response as { _header?: string | null }
  return /^content-type: *text\/event-stream/im.test(_header ?? '')
}

function isEvents(contentType: unknown): boolean {
  return String(contentType).startsWith('text/event-stream')
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

function nothingCut(): Cut {
  return { requests: 0, streams: 0, upgraded: 0 }
}

// A process has one set of servers. They are watched from when the first Sightline is made.
const listening = new Map<HttpServer, ServedConnections>()
const watchers = new Roster<(served: ServedConnections) => void>()
let watching = false

/** Begins to watch the HTTP servers of this process. https://nodejs.org/api/diagnostics_channel.html#event-tracingnetserverlistenasyncend */
export function watchServers(): void {
  if (watching) return
  watching = true
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: HttpServer }
    if (own.has(server) || server.listenerCount('request') === 0) return
    const served = watched(server, true)
    for (const watcher of watchers.members()) watcher(served)
  })
}

/** The HTTP servers of this process that listen, as far as they began to while they were watched. */
export function servedConnections(): Iterable<ServedConnections> {
  return listening.values()
}

/** The connections of a server, watched from now on if they were not before. */
export function servedBy(server: HttpServer): ServedConnections {
  return listening.get(server) ?? watched(server, false)
}

/** Calls `fn` for every HTTP server of this process that begins to listen. */
export function whenServing(fn: (served: ServedConnections) => void): Place {
  return watchers.enter(fn)
}

function watched(server: HttpServer, complete: boolean): ServedConnections {
  const served = listening.get(server) ?? new ServedConnections(server, complete)
  listening.set(server, served)
  server.once('close', () => listening.delete(server))
  return served
}

/** Servers of Sightline's own, which answer to the last. */
const own = new WeakSet<NetServer>()

/** Leaves a server of Sightline's own out: whoever made it ends it. */
export function exempt(server: NetServer): void {
  own.add(server)
}
