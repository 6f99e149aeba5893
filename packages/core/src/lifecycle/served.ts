import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { Server as NetServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Server as TlsServer } from 'node:tls'

import type { HttpServer } from '../seam.ts'
import { type Place, Roster } from './roster.ts'

/** The activity of a connection. */
type Occupation = 'nothing' | 'session' | 'requests' | 'streams' | 'upgraded'

/** Number of connections that had to be cut, by activity. */
export type Cut = Record<Exclude<Occupation, 'nothing' | 'session'>, number>

/** Time for an event stream or WebSocket to close after its close notice. */
const GOODBYE_MS = 500
/** Time for request headers that have begun to arrive. */
const HEADERS_MS = 1_000
/** Time without bytes after which a connection without a request is closed. */
const IDLE_MS = 150

/** A listening server and its connections. They are only observed until the shutdown. */
export class ServedConnections {
  readonly server: HttpServer
  readonly #sockets = new Set<Socket>()
  /** HTTP/2 sessions. After `close`, a session ends with its last stream. */
  readonly #sessions = new Set<Http2Session>()
  readonly #streams = new Set<ServerHttp2Stream>()
  readonly #http1: boolean
  /** When long-lived connections were told to close. */
  readonly #told = new Map<Socket, number>()
  /** Bytes received on connections without a request, and when they last changed. */
  readonly #heard = new Map<Socket, { readonly bytes: number; readonly at: number }>()
  /** Whether the server was watched before its first connection. */
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
   * Stops accepting connections, and marks each response as the last of its connection. Resolves when the
   * last connection is closed.
   *
   * node's own `close` of an HTTP server cuts idle connections at once: a request in transit would be lost.
   * The `close` of its base class does not.
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
   * Ends connections that would not end by themselves: notifies streams and upgraded connections, cuts the
   * notified ones after their time, and closes connections without a request. Call it repeatedly until all
   * are closed.
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
    // Connections from before the server was watched are not tracked. node also counts a connection as idle
    // while its response is still being sent.
    if (!this.#complete && age >= IDLE_MS) this.server.closeIdleConnections?.()
    return cut
  }

  /** Cuts the remaining connections. */
  cut(): Cut {
    const cut = nothingCut()
    cut.requests = this.#streams.size
    for (const socket of this.#sockets) {
      const occupation = this.#occupationOf(socket)
      if (occupation !== 'nothing' && occupation !== 'session' && !this.#told.has(socket)) cut[occupation]++
      socket.destroy()
    }
    for (const session of this.#sessions) session.destroy()
    // Connections from before the server was watched.
    this.server.closeAllConnections?.()
    return cut
  }

  /** Whether no bytes have arrived for a moment. Before that, the next request may be in transit. */
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
    // node removes its parser from a connection that is no longer HTTP.
    return (socket as { parser?: unknown }).parser ? 'nothing' : 'upgraded'
  }
}

/**
 * The current response on a connection. node stores it under an internal name that all libraries for graceful
 * shutdown use. Reading it at the shutdown costs earlier requests nothing.
 */
function responseOn(socket: Socket): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
}

function announceEnd(response: ServerResponse): void {
  // HTTP/2 has no such header.
  if (response.headersSent || response.req.httpVersionMajor !== 1) return
  // A header set here would change how node treats the headers given to `writeHead`.
  if (response.hasHeader('connection')) response.setHeader('connection', 'close')
  else response.shouldKeepAlive = false
}

/** Reads the sent headers: node forgets those given to `writeHead` alone. */
function isEventStream(response: ServerResponse): boolean {
  const { _header } = response as { _header?: string | null }
  return /^content-type: *text\/event-stream/im.test(_header ?? '')
}

function isEvents(contentType: unknown): boolean {
  return String(contentType).startsWith('text/event-stream')
}

/** Ends a response whose handler may still write. Later writes are discarded without an error. */
function endStream(response: ServerResponse): void {
  const { end } = response
  response.write = () => false
  response.end = () => response
  Reflect.apply(end, response, [])
}

/** WebSocket's close code for a shutdown, https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const GOING_AWAY = 1_001

/**
 * Closes the connection in its own protocol if that is known: `ws`, used by nearly all WebSocket servers of
 * node, stores its connection on the socket. Other protocols see the end of the stream.
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

// A process has one set of servers, watched since the first Sightline.
const listening = new Map<HttpServer, ServedConnections>()
const watchers = new Roster<(served: ServedConnections) => void>()
let watching = false

/**
 * Starts to watch the HTTP servers of this process.
 * https://nodejs.org/api/diagnostics_channel.html#event-tracingnetserverlistenasyncend
 */
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

/** The listening HTTP servers of this process that started while watched. */
export function servedConnections(): Iterable<ServedConnections> {
  return listening.values()
}

/** The connections of a server, watched from now on if they were not before. */
export function servedBy(server: HttpServer): ServedConnections {
  return listening.get(server) ?? watched(server, false)
}

/** Calls `fn` for each HTTP server of this process that starts to listen. */
export function whenServing(fn: (served: ServedConnections) => void): Place {
  return watchers.enter(fn)
}

function watched(server: HttpServer, complete: boolean): ServedConnections {
  const served = listening.get(server) ?? new ServedConnections(server, complete)
  listening.set(server, served)
  server.once('close', () => listening.delete(server))
  return served
}

/** Sightline's own servers. They keep answering until the end of the shutdown. */
const own = new WeakSet<NetServer>()

/** Excludes one of Sightline's own servers: its owner closes it. */
export function exempt(server: NetServer): void {
  own.add(server)
}
