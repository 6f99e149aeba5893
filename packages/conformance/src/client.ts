import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** Only a hanging test reaches this deadline. */
export const DEADLINE_MS = 60_000

/** How far the clock of the machine may be set forwards or backwards during a test. */
export const CLOCK_STEP_MS = 60_000

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Call {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Default: a new connection. */
  readonly agent?: Agent
}

/** Sends a request with node's client. */
export async function call(port: number, path: string, options: Call = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body, agent } = options
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers,
    agent: agent ?? false,
    timeout: DEADLINE_MS,
  })
  request.on('timeout', () => request.destroy(new Error(`nothing answers ${method} ${path}`)))
  request.end(body)
  const [response] = await once(request, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Sends a POST with JSON. */
export function post(port: number, path: string, body: unknown, headers: Record<string, string> = {}) {
  const json = JSON.stringify(body)
  const length = String(Buffer.byteLength(json))
  return call(port, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
    body: json,
  })
}

/** An agent with one kept-alive connection. */
export function oneSocket(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 })
}

/** Opens a raw connection. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Bytes to send, or text to receive before the next step. `end` closes our side. */
export type Step = string | Buffer | { readonly until: string } | typeof END

/** Closes our side of a conversation. */
export const END = Symbol('end')

/** All received bytes, and how the connection was closed. */
export interface Conversation {
  readonly bytes: string
  readonly fate: 'closed' | 'reset'
}

/** Sends bytes on a connection, and reads until the server closes it. */
export async function converse(port: number, ...steps: Step[]): Promise<Conversation> {
  const socket = connect(port, '127.0.0.1')
  const pieces: Buffer[] = []
  let fate: Conversation['fate'] = 'closed'
  let arrived = () => {}
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece)
    arrived()
  })
  const bytes = () => Buffer.concat(pieces).toString('latin1')
  const closed = new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => {
      socket.destroy()
      reject(new Error(`the server has left the connection open after: ${bytes().slice(0, 500)}`))
    }, DEADLINE_MS)
    socket.on('error', () => {
      fate = 'reset'
    })
    socket.on('close', () => {
      clearTimeout(deadline)
      arrived()
      resolve()
    })
  })
  closed.catch(() => {})
  for (const step of steps) {
    if (step === END) socket.end()
    else if (typeof step === 'string' || Buffer.isBuffer(step)) socket.write(step)
    else {
      while (!bytes().includes(step.until) && !socket.closed) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    }
  }
  await closed
  return { bytes: bytes(), fate }
}

/** The bytes of a request. */
export function bytesOf(method: string, target: string, headers: readonly string[] = [], body = ''): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: shop.example', ...headers, '', body].join('\r\n')
}

/** Ends a conversation: the server closes the connection after this request. */
export const LAST = bytesOf('GET', '/text', ['Connection: close'])
