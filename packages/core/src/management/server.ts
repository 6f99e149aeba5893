import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import type { Logger } from 'pino'

import { answer, type Endpoints, TEXT_TYPE } from '../endpoints.ts'
import type { FaultReporter } from '../fault.ts'
import { isDoneWithin } from '../lifecycle/hooks.ts'
import { exempt } from '../lifecycle/served.ts'

/** The port for operators. */
export interface ManagementPort {
  /**
   * Where it listens, such as `http://127.0.0.1:9090`, as soon as it does. Rejects where the Sightline is closed before.
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

/** Ample for every scraper, and little for whoever sends more: answered 431. */
const MAX_HEADER_BYTES = 8_192
/** Headers and bodies that take longer are answered 408. They are looked through this often. */
const HEADERS_MS = 3_000
const REQUEST_MS = 5_000
const CHECK_MS = 500
/** A connection on which nothing moves for so long is cut, and one whose answer has not been taken after so long. */
const SILENCE_MS = 10_000
const ANSWER_MS = 30_000
/** Connections without a request under way. Beyond that the oldest one makes room, so that nobody can keep others out. */
const MAX_IDLE = 256
const MAX_CONNECTIONS = 1_024
/** A port that is taken, by the process that this one replaces, is tried again. */
const RETRY_MS = 1_000
const CLOSE_MS = 500

/**
 * Listens for operators, and does not care who else comes: bounded in time, connections and bytes, and nothing of it
 * holds the process. That it cannot listen is a warning, and tried again.
 */
export function serveManagement({ port, host, endpoints, log, fault }: ManagementServerSetup) {
  const listening = Promise.withResolvers<string>()
  // Whoever does not ask where it listens does not care that it never did.
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
  // What cannot be parsed is answered by node: 400, 408, 431. To a proxy's request it would say nothing.
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

  /** There is no application behind this port that could have an answer. */
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
    /** Stops listening, and cuts what has not ended within a moment. */
    async close(): Promise<void> {
      clearTimeout(retry)
      listening.reject(new Error('Sightline: the management port was closed before it listened'))
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      if (await isDoneWithin(CLOSE_MS, () => closed.promise)) return
      server.closeAllConnections()
    },
  }
}

/** Connections without a request under way, the oldest first. None of them holds the process. */
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
    /** Has a connection be no longer idle, until the response has ended. */
    occupy(socket: Socket, res: ServerResponse): void {
      idle.delete(socket)
      res.once('close', () => {
        if (!socket.destroyed) idle.add(socket)
      })
    },
  }
}
