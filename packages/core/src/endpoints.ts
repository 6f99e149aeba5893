import { mediaRanges } from './accept.ts'
import type { FaultReporter } from './fault.ts'
import { CONTENT_TYPES, type ExpositionFormat } from './metrics/exposition.ts'
import { nextTurn, type Rendering } from './metrics/rendering.ts'
import type { NodeRequest, NodeResponse } from './wire.ts'

export const TEXT_TYPE = 'text/plain; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'

/** Answers one path, at once or by a promise. What it throws or rejects with is told, and answered with 500. */
export type Endpoint = (req: NodeRequest, res: NodeResponse) => void | Promise<void>

/** Answers scrapes in the format that the scraper prefers. */
export function metricsEndpoint(scrape: (format: ExpositionFormat) => Promise<Rendering>): Endpoint {
  return async (req, res) => {
    const format = preferredFormat(req.headers.accept)
    // Collected before it is sent: a reader that is slow to take it would otherwise see values of different moments.
    const { pieces, bytes } = await scrape(format)
    if (!begin(res, 200, CONTENT_TYPES[format], bytes)) return
    if (req.method === 'HEAD') res.end()
    else await send(res, pieces)
  }
}

/** Sends a long answer as fast as it is taken, with turns of the event loop in between. */
async function send(res: NodeResponse, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces.slice(0, -1)) {
    if (res.destroyed) return
    await (write(res, piece) ? nextTurn() : taken(res))
  }
  // Ended with its last byte: a reader that knows the length and has all of it may close the server, which would
  // otherwise take the connection for a busy one, and wait until it times out.
  res.end(pieces.at(-1) ?? '')
}

function write(res: NodeResponse, piece: Buffer): boolean {
  // The two kinds of response write alike, but their types have no common signature.
  return (res as { write(chunk: Buffer): boolean }).write(piece)
}

/** Ends when the reader has taken what it was sent, or has gone. */
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

/** Answers with JSON. */
export function jsonEndpoint(content: () => unknown): Endpoint {
  return (req, res) => answer(req, res, 200, JSON_TYPE, `${JSON.stringify(content(), undefined, 2)}\n`)
}

/** Lets at most so many requests be answered by an endpoint at the same time. The others are told to come again. */
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
  /** What it answers to. Default: GET and HEAD. Requests with other methods are not for it. */
  readonly methods?: readonly string[]
  /** The option that its path comes from. */
  readonly option?: string
}

interface Mounted extends Required<Mounting> {
  readonly endpoint: Endpoint
}

const READING: readonly string[] = ['GET', 'HEAD']

/** The endpoints by their paths. */
export class Endpoints {
  readonly #byPath = new Map<string, Mounted>()
  readonly #fault: FaultReporter

  constructor(fault: FaultReporter) {
    this.#fault = fault
  }

  /** Mounts an endpoint, unless its path is switched off. It answers with a slash behind its path as well. */
  mount(path: string | false, endpoint: Endpoint, { methods = READING, option = '' }: Mounting = {}): void {
    if (path !== false) this.#byPath.set(withoutSlash(path), { endpoint, methods, option })
  }

  /** Whether a request is for an endpoint, whatever its query. */
  has(req: NodeRequest): boolean {
    return this.#of(req) !== undefined
  }

  /** Answers a request if it is for an endpoint. `false`: it is not, and nothing was done. */
  serve(req: NodeRequest, res: NodeResponse): boolean {
    const mounted = this.#of(req)
    if (mounted === undefined) return false
    void this.#answer(mounted.endpoint, req, res)
    return true
  }

  /** What is answered at the path of a request; `undefined`: there is nothing. */
  methodsAt(req: NodeRequest): readonly string[] | undefined {
    return this.#at(pathOf(req))?.methods
  }

  /** The option that an endpoint's path comes from; `undefined`: there is none at this path for this method. */
  optionAt(method: string, path: string): string | undefined {
    const mounted = this.#at(path)
    return mounted?.methods.includes(method) ? mounted.option : undefined
  }

  /** What is for another method is for the application, which may have a route of its own there. */
  #of(req: NodeRequest): Mounted | undefined {
    const mounted = this.#at(pathOf(req))
    return mounted?.methods.includes(req.method ?? '') ? mounted : undefined
  }

  #at(path: string): Mounted | undefined {
    return this.#byPath.get(withoutSlash(path))
  }

  async #answer(endpoint: Endpoint, req: NodeRequest, res: NodeResponse): Promise<void> {
    try {
      await endpoint(req, res)
    } catch (error) {
      this.#fault(`endpoint ${pathOf(req)}`, error)
      answer(req, res, 500, TEXT_TYPE, 'this endpoint has failed: see the log\n')
    }
  }
}

/** The target without its query. Never parsed as a URL: it may be anything. */
function pathOf(req: NodeRequest): string {
  const target = req.url ?? ''
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/** Probes and scrapes are configured with a slash at their end, and without one. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Answers at once, with a length and for no cache. */
export function answer(
  req: NodeRequest,
  res: NodeResponse,
  status: number,
  type: string,
  body: string,
): void {
  if (begin(res, status, type, Buffer.byteLength(body))) res.end(req.method === 'HEAD' ? '' : body)
}

/** Says what will come. `false`: something has been answered already, or nobody is there to read it. */
function begin(res: NodeResponse, status: number, type: string, bytes: number): boolean {
  if (res.headersSent || res.destroyed) return false
  res.statusCode = status
  res.setHeader('content-type', type)
  res.setHeader('cache-control', 'no-store')
  res.setHeader('content-length', bytes)
  return true
}

/** What an `Accept` header prefers. OpenMetrics only where it is named. */
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
