import type { IncomingMessage, ServerResponse } from 'node:http'

import type { ApiRequest, ApiResponse } from '../api/request.ts'
import { discard, readBody } from './body.ts'
import { sayJson } from './replies.ts'
import type { Target } from './target.ts'

/** The API. It does not know of HTTP's connections. */
export type Api = (request: ApiRequest) => Promise<ApiResponse>

const LONGEST_BODY = 1_024 * 1_024
const MOST_REQUESTS = 64

export interface ApiRequestSetup {
  readonly failed: (error: unknown) => void
  /** Is told how long each answer took, in seconds. */
  readonly answered: (api: ApiName, seconds: number) => void
}

/** The APIs: the hub's own, and those that others have defined. */
type ApiName = 'hub' | 'prometheus' | 'jaeger'

/** Creates the handler that passes requests on to the API. */
export function createApiRequest(
  api: Api,
  { failed, answered }: ApiRequestSetup,
): (req: IncomingMessage, res: ServerResponse, target: Target) => Promise<void> {
  let running = 0

  async function answer(req: IncomingMessage, res: ServerResponse, { path, query }: Target): Promise<void> {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const { method = 'GET', headers } = req
    const read =
      method === 'GET' || method === 'HEAD' ? undefined : await readBody(req, { maxBytes: LONGEST_BODY })
    if (read?.kind === 'aborted') return
    if (read !== undefined && read.kind !== 'complete')
      return sayJson(res, 413, 'bad_data', `a body may have at most ${LONGEST_BODY} bytes`)
    const request = { method, path, query, headers, signal: gone.signal }
    const response = await api(read ? { ...request, body: Buffer.from(read.body).toString('utf8') } : request)
    if (res.destroyed) return
    res.writeHead(response.status, { 'content-type': 'application/json', ...response.headers })
    res.end(response.body)
  }

  return async (req, res, target) => {
    if (running >= MOST_REQUESTS) {
      discard(req)
      return sayJson(res, 503, 'unavailable', `${MOST_REQUESTS} requests are running, which is the limit`, {
        'retry-after': '1',
      })
    }
    running++
    const begun = performance.now()
    try {
      await answer(req, res, target)
    } catch (error) {
      if (res.destroyed) return
      failed(error)
      if (res.headersSent) res.destroy()
      else sayJson(res, 500, 'internal', 'the hub failed to answer this request; its log has the reason')
    } finally {
      answered(nameOf(target.path), (performance.now() - begun) / 1_000)
      running--
    }
  }
}

function nameOf(path: string): ApiName {
  if (path.startsWith('/api/v1/')) return 'prometheus'
  return path.startsWith('/jaeger/') ? 'jaeger' : 'hub'
}
