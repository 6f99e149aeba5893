/**
 * Watches the traffic of one exchange: the time and status of the response's head, and the size of both bodies. It
 * replaces methods on the request and response objects themselves, with the same functions for all requests. So it
 * needs no listener (which would start the flow), no patched prototype and no closure per request.
 */
import { performance } from 'node:perf_hooks'

import { type NodeRequest, type NodeResponse, REQUEST_ID_HEADER } from '../seam.ts'
import { givenHeaders, headerIn, withHeader } from './given-headers.ts'
import { watchStreamEnd } from './stream-end.ts'

/** The request of a wire. Body chunks are passed on within its context. */
interface Owner {
  readonly id: string
  run<T>(fn: () => T): T
}

/** Receives the chunks of both bodies. The sender may reuse the memory of a chunk. */
export interface BodyListener {
  readonly request: { add(chunk: unknown, encoding: unknown): void }
  readonly response: { add(chunk: unknown, encoding: unknown): void }
}

// Overloads differ between HTTP/1 and HTTP/2. Arguments are passed on unchanged, so their types do not matter.
type Method = (...args: unknown[]) => unknown

const WIRE = Symbol('sightline.wire')

interface Wired {
  readonly [WIRE]: Wire
}

/** The traffic of one exchange. */
export class Wire {
  /** Time on the monotonic clock, in milliseconds. `undefined`: no head has been written. */
  firstByteAt: number | undefined = undefined
  requestBytes = 0
  streamed = false
  /** `undefined`: bodies are only counted. */
  listener: BodyListener | undefined = undefined
  #status: number | undefined = undefined
  /** Bytes of body that the application has passed to node. */
  #bodyBytes = 0
  /** Number of calls of `write`. */
  #writes = 0
  /** Whether `end` was called, and whether node had computed the length of the whole body by then. */
  #isEnding = false
  #isMeasured = false
  readonly #owner: Owner
  readonly #res: NodeResponse
  readonly #writeHead: Method
  readonly #write: Method
  readonly #end: Method
  #push: Method | undefined = undefined

  constructor(owner: Owner, req: NodeRequest, res: NodeResponse) {
    this.#owner = owner
    this.#res = res
    this.#writeHead = res.writeHead as Method
    this.#write = res.write as Method
    this.#end = res.end as Method
    const wired = res as unknown as { [WIRE]: Wire; writeHead: Method; write: Method; end: Method }
    wired[WIRE] = this
    try {
      wired.writeHead = writeHead
      wired.write = write
      // Replaced before later middleware replaces it: a compression, for example, then passes the compressed bytes
      // here.
      wired.end = end
    } catch {
      // The application may have made them read-only.
    }
    if (wired.writeHead !== writeHead || wired.write !== write || wired.end !== end)
      layOver(res, { writeHead, write, end })
    if ('stream' in res) watchStreamEnd(res.stream)
    if (res.headersSent) {
      this.firstByteAt = performance.now()
      this.#status = res.statusCode
    }
    if (hasBody(req)) {
      this.#push = req.push as Method
      const wiredRequest = req as unknown as { [WIRE]: Wire; push: Method }
      wiredRequest[WIRE] = this
      wiredRequest.push = push
    }
  }

  /** The written status. `undefined`: none. */
  get status(): number | undefined {
    return this.#status ?? statusOfStream(this.#res)
  }

  /** Bytes of body that node sends. It sends none with some statuses. */
  get responseBytes(): number {
    return this.status === undefined || hasNoBody(this.status, this.#res) ? 0 : this.#bodyBytes
  }

  /** Calls node's own `writeHead`, or the replacement of an earlier middleware. */
  beginResponse(args: unknown[]): unknown {
    const res = this.#res
    if (this.firstByteAt !== undefined) return this.#writeHead.apply(res, args)
    const headers = givenHeaders(args)
    if (this.#isEnding) this.#takeLength()
    const result = this.#writeHead.apply(res, this.#withId(args, headers))
    // Frameworks also respond to a client that has left. Such a response is not sent.
    if (res.socket?.destroyed) return result
    this.firstByteAt = performance.now()
    this.#status = res.statusCode
    // Node does not store headers that only `writeHead` gets.
    const type = headerIn(headers, 'content-type') ?? res.getHeader('content-type')
    this.streamed = typeof type === 'string' && isStreamType(type)
    return result
  }

  /** Notes the response to an upgrade, which its handler writes directly to the connection. */
  answeredPastNode(status: number | undefined): void {
    this.firstByteAt ??= performance.now()
    if (status !== 101) this.#status ??= status
  }

  /**
   * Adds the request's id to the headers of `writeHead`, unless the application has set one. It is not set earlier:
   * with any header set, node also sets the headers of `writeHead` one by one. That rejects pairs and loses order and
   * spelling.
   */
  #withId(args: unknown[], headers: unknown): unknown[] {
    const res = this.#res
    const isGiven = headerIn(headers, REQUEST_ID_HEADER) !== undefined
    if (res.headersSent || res.hasHeader(REQUEST_ID_HEADER) || isGiven) return args
    const { id } = this.#owner
    if (typeof headers !== 'object' || headers === null || 'stream' in res || hasHeaders(res)) {
      res.setHeader(REQUEST_ID_HEADER, id)
      return args
    }
    const all = withHeader(headers, REQUEST_ID_HEADER, id)
    if (all === undefined) return args
    return typeof args[1] === 'string' ? [args[0], args[1], all] : [args[0], all]
  }

  /** Takes the length that node has computed for the head of `end(body)`. A declared length would replace it. */
  #takeLength(): void {
    const { _contentLength: length } = this.#res as { _contentLength?: number | null }
    if (typeof length !== 'number') return
    this.#bodyBytes = length
    this.#isMeasured = true
  }

  /** Counts a chunk of the response's body. */
  writeBody(args: unknown[]): unknown {
    this.#writes++
    this.listener?.response.add(args[0], args[1])
    if (!this.#res.writableEnded) this.#bodyBytes += byteLength(args[0], args[1])
    return this.#write.apply(this.#res, args)
  }

  /** Counts the last chunk of the response's body. */
  endBody(args: unknown[]): unknown {
    const res = this.#res
    // Node ignores further bytes.
    if (res.writableEnded) return this.#end.apply(res, args)
    const writes = this.#writes
    this.#isEnding = true
    const result = this.#end.apply(res, args)
    // Over HTTP/2 and under `inject`, `end` passes its chunk to `write`.
    if (this.#writes !== writes) return result
    this.listener?.response.add(args[0], args[1])
    if (!this.#isMeasured) this.#bodyBytes += byteLength(args[0], args[1])
    return result
  }

  /**
   * Takes a chunk of the request's body from node's parser, within the request's context. All `data`, `readable` and
   * `end` events then have this context, so it survives body parsers that do not preserve it.
   */
  receiveBody(req: NodeRequest, args: unknown[]): unknown {
    this.requestBytes += byteLength(args[0], args[1])
    this.listener?.request.add(args[0], args[1])
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

/** Defines the methods where a prototype of the application prevents plain assignment. */
function layOver(res: NodeResponse, methods: Readonly<Record<string, Method>>): void {
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(res, name, { value, configurable: true, enumerable: true, writable: true })
}

function hasBody(req: NodeRequest): boolean {
  const { headers } = req
  if (headers['content-length'] !== undefined) return headers['content-length'] !== '0'
  if (headers['transfer-encoding'] !== undefined) return true
  // In HTTP/2 the header is optional. A stream that is still open after its headers has a body.
  return 'stream' in req && !req.stream.endAfterHeaders
}

function isStreamType(type: string): boolean {
  return type.startsWith('text/event-stream') || type.startsWith('multipart/x-mixed-replace')
}

function hasHeaders(res: NodeResponse): boolean {
  return res.getHeaderNames().length > 0
}

/** An HTTP/2 application may respond on the stream itself. */
function statusOfStream(res: NodeResponse): number | undefined {
  const status = 'stream' in res ? res.stream.sentHeaders?.[':status'] : undefined
  return status === undefined ? undefined : Number(status)
}

/** Whether node sends no body with this status. */
function hasNoBody(status: number, res: NodeResponse): boolean {
  return status === 204 || status === 304 || (status === 205 && 'stream' in res)
}

function byteLength(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
