import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'

import { createPrefaceAnswer } from './preface.ts'

export interface WebServerOptions {
  readonly host: string
  /** 0 for a free port. */
  readonly port: number
  /** Answers a request. Must not reject. */
  readonly handle: (req: IncomingMessage, res: ServerResponse) => void
  readonly warn: (message: string) => void
  /** Most open connections. Default: 4096. */
  readonly maxConnections?: number
}

export interface WebServer {
  readonly port: number
  /** For people and their programs on this machine. */
  readonly url: string
  /** Stops listening, lets running requests end until the deadline, then cuts them off. */
  close(deadlineMs: number): Promise<void>
}

/** Limits of every request. Times in milliseconds. */
const LIMITS = {
  maxHeaderSize: 32 * 1_024,
  headersTimeout: 10_000,
  /** From the first byte to the end of the body. */
  requestTimeout: 60_000,
  /** Longer than the usual interval of exporters, so that they keep their connection. */
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 2_000,
} as const
const MOST_HEADERS = 100
/** Without any byte in or out. */
const IDLE_SOCKET_MS = 120_000
const IDLE_CHECK_MS = 20

const PARSE_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Starts the HTTP server. Rejects where the port is taken. */
export async function startWebServer({
  host,
  port,
  handle,
  warn,
  maxConnections = 4_096,
}: WebServerOptions): Promise<WebServer> {
  const server = createServer(LIMITS, handle)
  server.maxConnections = maxConnections
  server.maxHeadersCount = MOST_HEADERS
  server.timeout = IDLE_SOCKET_MS
  // Connections that wait for nothing give way to new ones.
  server.on('drop', () => server.closeIdleConnections())
  const answerPreface = createPrefaceAnswer(warn)
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
    if (answerPreface(error.rawPacket, socket)) return
    const status = PARSE_ERRORS[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })

  server.listen(port, host)
  await once(server, 'listening')
  // A TCP server has this kind of address.
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    url: urlOf(host, address.port),
    async close(deadlineMs) {
      const closed = once(server, 'close')
      server.close()
      // A connection is idle as soon as its last answer is sent.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
      await closed
      clearInterval(idle)
      clearTimeout(deadline)
    },
  }
}

function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`
}
