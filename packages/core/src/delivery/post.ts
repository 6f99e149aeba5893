import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'

import type { Connections } from './connections.ts'
import { codeOf } from './error-code.ts'

/** How a destination has answered. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** At most 64 KiB. */
  readonly body: Buffer
  /** Whether the body is all there: it may have been too long, or have broken off. */
  readonly complete: boolean
}

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Uint8Array
  /** Milliseconds for the whole of it. */
  readonly timeout: number
  readonly connections: Connections
  readonly signal: AbortSignal
}

/** An answer says how many were refused and why: what is longer says something else. */
const LONGEST_BODY = 64 * 1_024
/** Who does not even take a connection will not take what would be sent over it. */
const CONNECT_TIMEOUT_MS = 2_500

/** The connection was closed by the other side while it lay idle: it says nothing of the destination. */
class StaleConnection extends Error {}

/**
 * Sends one request, and resolves as soon as its fate is known: the status decides, and an answer whose body never ends,
 * breaks off or is longer than it said is an answer all the same. Holds no process.
 *
 * @throws where there was no answer
 */
export async function post(request: Post): Promise<Answer> {
  try {
    return await once(request)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    request.connections.refresh()
    return once(request)
  }
}

function once({ url, headers, body, timeout, connections, signal }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:'
    const agent = connections.agentFor(url.protocol)
    const request = (isSecure ? https : http).request(url, { method: 'POST', agent, headers, signal })
    let response: IncomingMessage | undefined
    const chunks: Buffer[] = []
    let length = 0

    const connectTimeout = Math.min(timeout, CONNECT_TIMEOUT_MS)
    let timer = setTimeout(giveUp, connectTimeout, 'connection', connectTimeout).unref()
    function giveUp(what: string, ms: number): void {
      request.destroy(new Error(`no ${what} within ${ms} ms`))
    }
    function connected(): void {
      clearTimeout(timer)
      timer = setTimeout(giveUp, timeout, 'answer', timeout).unref()
    }
    function settle(complete: boolean, failure?: Error): void {
      clearTimeout(timer)
      if (response?.statusCode === undefined) {
        const isStale = request.reusedSocket && /^(?:ECONNRESET|EPIPE)$/.test(codeOf(failure))
        reject(isStale ? new StaleConnection() : (failure ?? new Error('the connection was closed')))
      } else {
        const { statusCode: status } = response
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks), complete })
      }
    }

    request.on('socket', (socket) => {
      // A process that has nothing else to do may end; whoever flushes keeps it alive by its own timer.
      socket.unref()
      if (!socket.connecting) connected()
      else socket.once(isSecure ? 'secureConnect' : 'connect', connected)
    })
    request.on('response', (incoming) => {
      response = incoming
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, LONGEST_BODY - length))
        length += chunk.length
        if (length <= LONGEST_BODY) return
        settle(false)
        request.destroy()
      })
      incoming.on('end', () => settle(incoming.complete))
      incoming.on('error', () => settle(false))
    })
    request.on('error', (error) => settle(false, error))
    request.on('close', () => settle(false))
    request.end(body)
  })
}
