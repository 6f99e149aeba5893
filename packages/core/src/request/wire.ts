/**
 * What passes between node and the peer: when the response began, with which status, and how many bytes of body went
 * each way. Seen by methods laid over the one request and response at hand, the same functions for all of them, so that
 * neither a listener (which would start the flow), nor a prototype, nor a closure per request is needed.
 */
import { performance } from 'node:perf_hooks'

import { type NodeRequest, type NodeResponse, REQUEST_ID_HEADER } from '../seam.ts'
import { givenHeaders, headerIn, withHeader } from './given-headers.ts'
import { watchStreamEnd } from './stream-end.ts'

/** The request that a wire belongs to: its body is handed over as part of it. */
interface Owner {
  readonly id: string
  run<T>(fn: () => T): T
}

/** Hears the pieces of a request's body and of its response's as they pass. A piece may be used again by its sender. */
export interface BodyListener {
  readonly request: { add(chunk: unknown, encoding: unknown): void }
  readonly response: { add(chunk: unknown, encoding: unknown): void }
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
  requestBytes = 0
  streamed = false
  /** `undefined`: nothing hears the bodies. */
  listener: BodyListener | undefined = undefined
  #status: number | undefined = undefined
  /** Bytes of body that the application has handed to node. */
  #bodyBytes = 0
  /** How often `write` was called. */
  #writes = 0
  /** Whether `end` was called, and whether node has told by then how long the whole body is. */
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
      // Now: what is laid over it later, to compress for example, hands on what really goes out.
      wired.end = end
    } catch {
      // The application's own may refuse to be replaced.
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

  /** The status that was written. `undefined`: none was. */
  get status(): number | undefined {
    return this.#status ?? statusOfStream(this.#res)
  }

  /** Bytes of body that the application handed to node, of those that node sends. */
  get responseBytes(): number {
    return this.status === undefined || hasNoBody(this.status, this.#res) ? 0 : this.#bodyBytes
  }

  /** Node's own `writeHead`, or that of whoever laid theirs over it before. */
  beginResponse(args: unknown[]): unknown {
    const res = this.#res
    if (this.firstByteAt !== undefined) return this.#writeHead.apply(res, args)
    const headers = givenHeaders(args)
    if (this.#isEnding) this.#takeLength()
    const result = this.#writeHead.apply(res, this.#withId(args, headers))
    // Frameworks answer a client that has left as well: nothing of that is sent.
    if (res.socket?.destroyed) return result
    this.firstByteAt = performance.now()
    this.#status = res.statusCode
    // node forgets headers that were given to `writeHead` alone.
    const type = headerIn(headers, 'content-type') ?? res.getHeader('content-type')
    this.streamed = typeof type === 'string' && isStreamType(type)
    return result
  }

  /** The head of an answer to an upgrade, written to the connection itself. */
  answeredPastNode(status: number | undefined): void {
    this.firstByteAt ??= performance.now()
    if (status !== 101) this.#status ??= status
  }

  /**
   * The arguments of `writeHead` with the request's id among the headers, unless the application has set one. Not before:
   * once a header has been set, node sets those of `writeHead` one by one as well, which takes no pairs, and neither
   * keeps their order nor their spelling.
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

  /** Where `end(body)` writes the head as well, node has measured the body by now, and replaces that by a declared length. */
  #takeLength(): void {
    const { _contentLength: length } = this.#res as { _contentLength?: number | null }
    if (typeof length !== 'number') return
    this.#bodyBytes = length
    this.#isMeasured = true
  }

  /** A piece of body. */
  writeBody(args: unknown[]): unknown {
    this.#writes++
    this.listener?.response.add(args[0], args[1])
    if (!this.#res.writableEnded) this.#bodyBytes += byteLength(args[0], args[1])
    return this.#write.apply(this.#res, args)
  }

  /** The last piece of a body, or the whole of it. */
  endBody(args: unknown[]): unknown {
    const res = this.#res
    // Nothing is sent any more.
    if (res.writableEnded) return this.#end.apply(res, args)
    const writes = this.#writes
    this.#isEnding = true
    const result = this.#end.apply(res, args)
    // Over HTTP/2, and of a request that is injected, `end` hands its piece to `write`.
    if (this.#writes !== writes) return result
    this.listener?.response.add(args[0], args[1])
    if (!this.#isMeasured) this.#bodyBytes += byteLength(args[0], args[1])
    return result
  }

  /**
   * A piece of the request's body, as node's parser hands it over. That happens in the request's context, and with it
   * every `data`, `readable` and `end` event: so context survives body parsers that were written without it.
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

function hasHeaders(res: NodeResponse): boolean {
  return res.getHeaderNames().length > 0
}

/** Over HTTP/2 an application may answer on the stream itself. */
function statusOfStream(res: NodeResponse): number | undefined {
  const status = 'stream' in res ? res.stream.sentHeaders?.[':status'] : undefined
  return status === undefined ? undefined : Number(status)
}

/** Whether node sends no body with a status, whatever it is handed. */
function hasNoBody(status: number, res: NodeResponse): boolean {
  return status === 204 || status === 304 || (status === 205 && 'stream' in res)
}

function byteLength(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
