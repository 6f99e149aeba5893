import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import type { Logger } from 'pino'

import { isDoneWithin } from '../context/within.ts'
import { PORT_CLOSE_MS } from '../lifecycle/budget.ts'
import { exempt } from '../lifecycle/served.ts'
import type { FaultReporter } from '../seam.ts'
import { answer, type Endpoints, TEXT_TYPE } from './endpoints.ts'

/** The management port. */
export interface ManagementPort {
  /**
   * Resolves to the address, such as `http://127.0.0.1:9090`, once it listens. Rejects if the Sightline is
   * closed before.
   */
  listening(): Promise<string>
}

export interface ManagementServerSetup {
  readonly port: number
  readonly host: string
  readonly endpoints: Endpoints
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** Enough for every scraper. Larger headers are answered 431. */
const MAX_HEADER_BYTES = 8_192
/** Headers and bodies that take longer are answered 408. Connections are checked at this interval. */
const HEADERS_MS = 3_000
const REQUEST_MS = 5_000
const CHECK_MS = 500
/** Limit for a connection without traffic, and for a response that is not taken. */
const SILENCE_MS = 10_000
const ANSWER_MS = 30_000
/**
 * Maximum number of connections without a request. Beyond it the oldest is closed, so that no client can lock
 * others out.
 */
const MAX_IDLE = 256
const MAX_CONNECTIONS = 1_024
/** Retry interval for a port that is in use, for example by the process that this one replaces. */
const RETRY_MS = 1_000

/**
 * Listens for operators. Time, connections and bytes are limited, so any client may connect. It does not keep
 * the process alive. A failure to listen is a warning, and is retried.
 */
export function serveManagement({ port, host, endpoints, log, fault }: ManagementServerSetup) {
  const listening = Promise.withResolvers<string>()
  // An unused `listening()` must not become an unhandled rejection.
  listening.promise.catch(() => {})
  const connections = idleConnections()
  let retry: NodeJS.Timeout | undefined

  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
    insecureHTTPParser: false,
  })
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(SILENCE_MS)
  server.on('connection', connections.admit)
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    connections.occupy(req.socket, res)
    const timer = setTimeout(() => req.socket.destroy(), ANSWER_MS).unref()
    res.once('close', () => clearTimeout(timer))
    if (!endpoints.serve(req, res)) refuse(req, res)
  })
  // node answers requests that cannot be parsed: 400, 408, 431. It would not answer a proxy's CONNECT.
  server.on('connect', (_req: IncomingMessage, socket: Socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD\r\nconnection: close\r\n\r\n')
  })
  server.on('listening', () => {
    const { address, family, port: actual } = server.address() as AddressInfo
    const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`
    listening.resolve(url)
    log().info({ address: url }, 'management listening')
  })
  server.on('error', (error) => {
    fault(`management port ${port}`, error)
    retry = setTimeout(listen, RETRY_MS).unref()
  })
  exempt(server)
  listen()

  /** This port has no application that could answer. */
  function refuse(req: IncomingMessage, res: ServerResponse): void {
    const allowed = endpoints.methodsAt(req)?.join(', ')
    if (allowed === undefined) return answer(req, res, 404, TEXT_TYPE, 'there is nothing here\n')
    res.setHeader('allow', allowed)
    answer(req, res, 405, TEXT_TYPE, `only ${allowed} are answered here\n`)
  }

  function listen(): void {
    server.listen({ port, host }).unref()
  }

  return {
    listening: () => listening.promise,
    /** Stops listening, and cuts connections that do not end within a moment. */
    async close(): Promise<void> {
      clearTimeout(retry)
      listening.reject(new Error('Sightline: the management port was closed before it listened'))
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      if (await isDoneWithin(PORT_CLOSE_MS, () => closed.promise)) return
      server.closeAllConnections()
    },
  }
}

/** Connections without a request, oldest first. None keeps the process alive. */
function idleConnections() {
  const idle = new Set<Socket>()
  return {
    admit(socket: Socket): void {
      socket.unref()
      socket.once('close', () => idle.delete(socket))
      idle.add(socket)
      if (idle.size <= MAX_IDLE) return
      const [oldest] = idle
      oldest?.destroy()
    },
    /** Marks a connection as busy until its response has ended. */
    occupy(socket: Socket, res: ServerResponse): void {
      idle.delete(socket)
      res.once('close', () => {
        if (!socket.destroyed) idle.add(socket)
      })
    },
  }
}
