/**
 * What passes between node and the peer: when the response began, with which status, and how many bytes of body went
 * each way. Seen by methods laid over the one request and response at hand, the same functions for all of them, so that
 * neither a listener (which would start the flow), nor a prototype, nor a closure per request is needed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { performance } from 'node:perf_hooks'

import { headerIn } from './given-headers.ts'
import type { KeptBodies } from './log/bodies.ts'
import { REQUEST_ID_HEADER } from './request-id.ts'

export type NodeRequest = IncomingMessage | Http2ServerRequest
export type NodeResponse = ServerResponse | Http2ServerResponse

/** The request that a wire belongs to: its body is handed over as part of it. */
interface Owner {
  readonly id: string
  run<T>(fn: () => T): T
}

// Overloads differ between HTTP/1 and HTTP/2; arguments are passed on untouched, so their types do not matter here.
type Method = (...args: unknown[]) => unknown

const WIRE = Symbol('sightline.wire')

interface Wired {
  readonly [WIRE]: Wire
}

/** The wire of one exchange. */
export class Wire {
  /** Milliseconds by the monotonic clock; `undefined`: no header has been written. */
  firstByteAt: number | undefined = undefined
  /** The status that was written. */
  status: number | undefined = undefined
  requestBytes = 0
  streamed = false
  #writtenBytes = -1
  #declaredLength: unknown = undefined
  readonly #owner: Owner
  readonly #res: NodeResponse
  readonly #writeHead: Method
  readonly #write: Method
  #end: Method | undefined = undefined
  #push: Method | undefined = undefined
  readonly #bodies: KeptBodies | undefined

  /** @param bodies keeps what passes; absent: nothing is kept */
  constructor(owner: Owner, req: NodeRequest, res: NodeResponse, bodies: KeptBodies | undefined) {
    this.#owner = owner
    this.#res = res
    this.#bodies = bodies
    this.#writeHead = res.writeHead as Method
    this.#write = res.write as Method
    const wired = res as unknown as { [WIRE]: Wire; writeHead: Method; write: Method }
    wired[WIRE] = this
    try {
      wired.writeHead = writeHead
      wired.write = write
    } catch {
      // The application's own may refuse to be replaced.
    }
    if (wired.writeHead !== writeHead || wired.write !== write) layOver(res, { writeHead, write })
    if (bodies) this.#watchEnd()
    if (res.headersSent) {
      this.firstByteAt = performance.now()
      this.status = res.statusCode
    }
    if (hasBody(req)) {
      this.#push = req.push as Method
      const wiredRequest = req as unknown as { [WIRE]: Wire; push: Method }
      wiredRequest[WIRE] = this
      wiredRequest.push = push
    }
  }

  /** Bytes of body that the application handed to node. */
  get responseBytes(): number {
    if (this.#writtenBytes >= 0) return this.#writtenBytes
    if (this.status === undefined || this.status === 204 || this.status === 304) return 0
    return lengthOf(this.#res, this.#declaredLength)
  }

  /** Node's own `writeHead`, or that of whoever laid theirs over it before. */
  beginResponse(args: unknown[]): unknown {
    if (this.firstByteAt !== undefined) return this.#writeHead.apply(this.#res, args)
    const res = this.#res
    const headers = typeof args[1] === 'string' ? args[2] : (args[1] ?? args[2])
    // Koa takes every header away before it answers an error.
    if (!res.headersSent && !res.hasHeader(REQUEST_ID_HEADER) && !headerIn(headers, REQUEST_ID_HEADER))
      res.setHeader(REQUEST_ID_HEADER, this.#owner.id)
    const result = this.#writeHead.apply(res, args)
    // Frameworks answer a client that has left as well: nothing of that is sent.
    if (res.socket?.destroyed) return result
    this.firstByteAt = performance.now()
    this.status = res.statusCode
    // node forgets headers that were given to `writeHead` alone.
    const type = headerIn(headers, 'content-type') ?? res.getHeader('content-type')
    this.streamed = typeof type === 'string' && isStreamType(type)
    this.#declaredLength = headerIn(headers, 'content-length')
    return result
  }

  /** A piece of body. A response that is sent by a single `end(body)` never comes here. */
  writeBody(args: unknown[]): unknown {
    if (this.#writtenBytes < 0) {
      this.#writtenBytes = 0
      if (this.#end === undefined) this.#watchEnd()
    }
    this.#bodies?.response.add(args[0], args[1])
    this.#writtenBytes += byteLength(args[0], args[1])
    return this.#write.apply(this.#res, args)
  }

  /** Lays our `end` over node's, where it matters what comes with it. */
  #watchEnd(): void {
    this.#end = this.#res.end as Method
    try {
      ;(this.#res as { end: Method }).end = end
    } catch {
      layOver(this.#res, { end })
    }
  }

  /** The last piece of a body. */
  endBody(args: unknown[]): unknown {
    // Over HTTP/2 node hands it to `write` itself.
    if (!('stream' in this.#res)) {
      this.#bodies?.response.add(args[0], args[1])
      if (this.#writtenBytes >= 0) this.#writtenBytes += byteLength(args[0], args[1])
    }
    return this.#end?.apply(this.#res, args)
  }

  /**
   * A piece of the request's body, as node's parser hands it over. That happens in the request's context, and with it
   * every `data`, `readable` and `end` event: so context survives body parsers that were written without it.
   */
  receiveBody(req: NodeRequest, args: unknown[]): unknown {
    this.requestBytes += byteLength(args[0], args[1])
    this.#bodies?.request.add(args[0], args[1])
    return this.#owner.run(() => this.#push?.apply(req, args))
  }
}

function writeHead(this: Wired, ...args: unknown[]): unknown {
  return this[WIRE].beginResponse(args)
}

function write(this: Wired, ...args: unknown[]): unknown {
  return this[WIRE].writeBody(args)
}

function end(this: Wired, ...args: unknown[]): unknown {
  return this[WIRE].endBody(args)
}

function push(this: Wired & NodeRequest, ...args: unknown[]): unknown {
  return this[WIRE].receiveBody(this, args)
}

/** Lays methods over those that a prototype of the application's does not let be replaced by assignment. */
function layOver(res: NodeResponse, methods: Readonly<Record<string, Method>>): void {
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(res, name, { value, configurable: true, enumerable: true, writable: true })
}

function hasBody(req: NodeRequest): boolean {
  const { headers } = req
  if (headers['content-length'] !== undefined) return headers['content-length'] !== '0'
  if (headers['transfer-encoding'] !== undefined) return true
  // HTTP/2 needs no header for it: a stream still open after its headers has a body.
  return 'stream' in req && !req.stream.endAfterHeaders
}

function isStreamType(type: string): boolean {
  return type.startsWith('text/event-stream') || type.startsWith('multipart/x-mixed-replace')
}

function lengthOf(res: NodeResponse, given: unknown): number {
  const declared = given ?? res.getHeader('content-length')
  if (declared !== undefined) return Number(declared) || 0
  // A length that nobody declared is computed by node in `end(body)`, and kept only here.
  const { _contentLength: length } = res as { _contentLength?: number | null }
  return typeof length === 'number' ? length : 0
}

function byteLength(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
