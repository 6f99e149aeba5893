import { pathOf } from '../record/path.ts'
import type { FaultReporter, NodeRequest, NodeResponse } from '../seam.ts'
import { CONTENT_TYPES, type ExpositionFormat } from '../series/exposition.ts'
import { nextTurn, type Rendering } from '../series/rendering.ts'
import { mediaRanges } from './accept.ts'

export const TEXT_TYPE = 'text/plain; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'

/** Answers one path, synchronously or by a promise. An error is reported, and answered with 500. */
export type Endpoint = (req: NodeRequest, res: NodeResponse) => void | Promise<void>

/** Answers scrapes in the format that the scraper prefers. */
export function metricsEndpoint(scrape: (format: ExpositionFormat) => Promise<Rendering>): Endpoint {
  return async (req, res) => {
    const format = preferredFormat(req.headers.accept)
    // The whole text is rendered first, so that a slow reader does not see values of different moments.
    const { pieces, bytes } = await scrape(format)
    if (!begin(res, 200, CONTENT_TYPES[format], bytes)) return
    if (req.method === 'HEAD') res.end()
    else await send(res, pieces)
  }
}

/** Sends a long response at the reader's speed, and yields to the event loop between pieces. */
async function send(res: NodeResponse, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces.slice(0, -1)) {
    if (res.destroyed) return
    await (write(res, piece) ? nextTurn() : taken(res))
  }
  // `end` carries the last byte: a reader that knows the length may close the server after it. The server
  // would otherwise treat the connection as busy until its timeout.
  res.end(pieces.at(-1) ?? '')
}

function write(res: NodeResponse, piece: Buffer): boolean {
  // The two response types write alike, but have no common signature.
  return (res as { write(chunk: Buffer): boolean }).write(piece)
}

/** Resolves when the reader has taken the sent bytes, or has left. */
function taken(res: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      res.off('drain', end)
      res.off('close', end)
      resolve()
    }
    res.on('drain', end)
    res.on('close', end)
  })
}

export function jsonEndpoint(content: () => unknown): Endpoint {
  return (req, res) => answer(req, res, 200, JSON_TYPE, `${JSON.stringify(content(), undefined, 2)}\n`)
}

/** Limits the number of parallel requests to an endpoint. Others are told to retry. */
export function atMost(count: number, endpoint: Endpoint): Endpoint {
  let underWay = 0
  return (req, res) => {
    if (underWay >= count) {
      res.setHeader('retry-after', 1)
      answer(req, res, 429, TEXT_TYPE, 'too many ask for this at the same time\n')
      return
    }
    underWay++
    res.once('close', () => underWay--)
    return endpoint(req, res)
  }
}

/** How an endpoint is mounted. */
export interface Mounting {
  /** The answered methods. Default: GET and HEAD. Other methods do not reach the endpoint. */
  readonly methods?: readonly string[]
  /** The option that sets its path. */
  readonly option?: string
}

interface Mounted extends Required<Mounting> {
  readonly endpoint: Endpoint
}

const READING: readonly string[] = ['GET', 'HEAD']

/** The endpoints by path. */
export class Endpoints {
  readonly #byPath = new Map<string, Mounted>()
  readonly #fault: FaultReporter

  constructor(fault: FaultReporter) {
    this.#fault = fault
  }

  /** Mounts an endpoint, unless its path is `false`. It also answers with a trailing slash. */
  mount(path: string | false, endpoint: Endpoint, { methods = READING, option = '' }: Mounting = {}): void {
    if (path !== false) this.#byPath.set(withoutSlash(path), { endpoint, methods, option })
  }

  /** Whether a request is for an endpoint, with any query. */
  has(req: NodeRequest): boolean {
    return this.#of(req) !== undefined
  }

  /** Answers a request for an endpoint. Returns `false`, with no effect, for any other request. */
  serve(req: NodeRequest, res: NodeResponse): boolean {
    const mounted = this.#of(req)
    if (mounted === undefined) return false
    void this.#answer(mounted.endpoint, req, res)
    return true
  }

  /** The methods answered at the path of a request. `undefined` without an endpoint. */
  methodsAt(req: NodeRequest): readonly string[] | undefined {
    return this.#at(pathOf(req.url ?? ''))?.methods
  }

  /** The option that sets an endpoint's path. `undefined` without an endpoint for this path and method. */
  optionAt(method: string, path: string): string | undefined {
    const mounted = this.#at(path)
    return mounted?.methods.includes(method) ? mounted.option : undefined
  }

  /** Other methods are for the application, which may have its own route at the path. */
  #of(req: NodeRequest): Mounted | undefined {
    const mounted = this.#at(pathOf(req.url ?? ''))
    return mounted?.methods.includes(req.method ?? '') ? mounted : undefined
  }

  #at(path: string): Mounted | undefined {
    return this.#byPath.get(withoutSlash(path))
  }

  async #answer(endpoint: Endpoint, req: NodeRequest, res: NodeResponse): Promise<void> {
    try {
      await endpoint(req, res)
    } catch (error) {
      this.#fault(`endpoint ${pathOf(req.url ?? '')}`, error)
      answer(req, res, 500, TEXT_TYPE, 'this endpoint has failed: see the log\n')
    }
  }
}

/** Probes and scrapes are configured with and without a trailing slash. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Responds at once, with a length and without caching. */
export function answer(
  req: NodeRequest,
  res: NodeResponse,
  status: number,
  type: string,
  body: string,
): void {
  if (begin(res, status, type, Buffer.byteLength(body))) res.end(req.method === 'HEAD' ? '' : body)
}

/** Writes the head. Returns `false` if a response has started already, or the client has left. */
function begin(res: NodeResponse, status: number, type: string, bytes: number): boolean {
  if (res.headersSent || res.destroyed) return false
  res.statusCode = status
  res.setHeader('content-type', type)
  res.setHeader('cache-control', 'no-store')
  res.setHeader('content-length', bytes)
  return true
}

/** The format that an `Accept` header prefers. OpenMetrics only if it is named. */
function preferredFormat(accept: string | undefined): ExpositionFormat {
  let openmetrics = 0
  let prometheus = 0
  for (const { type, parameters, quality } of mediaRanges(accept)) {
    const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice(8)
    if (
      type === 'application/openmetrics-text' &&
      (version === undefined || version === '1.0.0' || version === '0.0.1')
    ) {
      openmetrics = Math.max(openmetrics, quality)
    } else if (type === 'text/plain') prometheus = Math.max(prometheus, quality)
  }
  return openmetrics > 0 && openmetrics >= prometheus ? 'openmetrics' : 'prometheus'
}
