import { type Answer, AnswerReader } from './answer.ts'
import type { Connections } from './connections.ts'
import { codeOf } from './error-code.ts'

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Uint8Array
  /** Milliseconds for the response, counted from the connection. */
  readonly timeout: number
  readonly connections: Connections
  readonly signal: AbortSignal
}

/** A destination that does not accept a connection in this time is not reachable. */
const CONNECT_TIMEOUT_MS = 2_500

/** The peer closed a reused connection while it was idle. It says nothing about the destination. */
class StaleConnection extends Error {}

/** The peer closed the connection without an error. */
const CLOSED = new Error('the connection was closed')

/**
 * Sends one request, and resolves to its response. The status decides: a body that is endless, cut off or
 * longer than announced still gives a response. Does not keep the process alive.
 *
 * It speaks HTTP/1.1 over a plain socket. With `node:http`, the client and the server of a process share code
 * that V8 compiles for both: each request that the service answers then costs 2 to 4 µs more (measured with
 * the variants of `pnpm bench`, 10 % sampled), however rare deliveries are.
 *
 * @throws when there was no response
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

function once(request: Post): Promise<Answer> {
  const { url, timeout, connections, signal } = request
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const head = headOf(request)
    const connection = connections.take(url)
    const reader = new AnswerReader()
    let isSent = false

    const connectTimeout = Math.min(timeout, CONNECT_TIMEOUT_MS)
    let timer = setTimeout(giveUp, connectTimeout, 'connection', connectTimeout).unref()
    function giveUp(what: string, ms: number): void {
      settle(new Error(`no ${what} within ${ms} ms`))
    }
    const abort = () => settle(new Error('it was given up'))
    signal.addEventListener('abort', abort)

    function settle(failure: Error): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      const { answer } = reader
      const isStale =
        connection.wasUsed && (failure === CLOSED || /^(?:ECONNRESET|EPIPE)$/.test(codeOf(failure)))
      connections.giveBack(connection, isSent && reader.leavesConnection)
      if (answer !== undefined) resolve(answer)
      else reject(isStale ? new StaleConnection() : failure)
    }

    connection.lendTo({
      opened({ socket }) {
        clearTimeout(timer)
        timer = setTimeout(giveUp, timeout, 'answer', timeout).unref()
        socket.cork()
        socket.write(head, 'latin1')
        socket.write(request.body, (error) => {
          isSent = error == null
        })
        socket.uncork()
      },
      received(bytes) {
        try {
          reader.feed(bytes)
          if (reader.isOver) settle(CLOSED)
        } catch (error) {
          settle(error as Error)
        }
      },
      closed(failure) {
        if (failure === undefined) reader.end()
        settle(failure ?? CLOSED)
      },
    })
  })
}

/**
 * The request line and headers: RFC 9112, sections 3 and 5. `deliverySettings` has validated names and
 * values.
 */
function headOf({ url, headers }: Post): string {
  const fields = new Map<string, string | number>([['host', url.host]])
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    fields.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`)
  }
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value)
  const lines = Array.from(fields, ([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`
}
