import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Access } from './access.ts'
import type { Assets } from './assets.ts'
import { discard } from './body.ts'
import type { HostRules } from './origins.ts'
import { redirect, reply, say, sayJson, secure } from './replies.ts'
import { type Target, targetOf } from './target.ts'

type Answer = (req: IncomingMessage, res: ServerResponse, target: Target) => void | Promise<void>

/** What the hub answers with. */
export interface Routes {
  readonly hostRules: HostRules
  readonly access: Access
  /** Paths under `/v1/`. Checks its own origins and token, since its errors are messages of OTLP. */
  readonly receive: Answer
  /** Paths under `/api` and `/jaeger`. */
  readonly api: Answer
  readonly live: (res: ServerResponse, target: Target) => void
  /** The dashboard's files. `undefined`: the hub was built without. */
  readonly assets: Assets | undefined
  /** The page at `/` without the dashboard's files, as HTML. */
  readonly welcome: () => string
  /** The hub's own metrics, in the text format of Prometheus. */
  readonly metrics: () => string
  /** Whether the hub can take data now. */
  readonly isReady: () => boolean
  /** Is told of faults. */
  readonly failed: (error: unknown) => void
}

const isApi = (path: string): boolean => path.startsWith('/api/') || path.startsWith('/jaeger/')
/** Pages of the dashboard: their paths have no dot, but for the name of what a page is about, such as `/services/shop.api`. */
const isPage = (path: string): boolean =>
  /^\/(?:[\w/%~-]*|(?:services|errors|traces)\/[^/]+)$/.test(path) && !isApi(path)

/** Creates the function that answers every request of the hub. It never throws or rejects. */
export function createRoutes(routes: Routes): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    // A client that goes away is not a fault.
    res.on('error', () => undefined)
    answer(routes, req, res)
      .catch((error: unknown) => {
        routes.failed(error)
        say(res, 500, 'The hub failed to answer this request. Its log has the reason.')
      })
      .finally(() => {
        if (!req.readableEnded && !req.destroyed && req.readableFlowing === null) discard(req)
      })
  }
}

async function answer(routes: Routes, req: IncomingMessage, res: ServerResponse): Promise<void> {
  secure(res)
  const target = targetOf(req.url)
  if (target === 414) return say(res, 414, 'The address is too long.')
  if (target === 400) return say(res, 400, 'The request target must be a path.')
  if (!routes.hostRules.allowsHost(req.headers.host))
    return say(
      res,
      403,
      'This host name is not one of the hub. Start the hub with it among its allowed hosts.',
    )
  const { path } = target
  if (path.startsWith('/v1/')) return routes.receive(req, res, target)
  const { origin } = req.headers
  if (origin !== undefined && !routes.hostRules.allowsOrigin(origin, req.headers.host))
    return say(res, 403, 'Pages of other origins may not use the hub.')
  return answerReader(routes, req, res, target)
}

/** Answers people and their programs, once the names are checked. */
async function answerReader(
  routes: Routes,
  req: IncomingMessage,
  res: ServerResponse,
  target: Target,
): Promise<void> {
  const { path } = target
  if (path === '/login') {
    if (allowing(req, res, ['GET', 'HEAD', 'POST'])) await routes.access.login(req, res, target)
    return
  }
  if (path === '/health/live' || path === '/health/ready') {
    if (!allowing(req, res, ['GET', 'HEAD'])) return
    const isHealthy = path === '/health/live' || routes.isReady()
    return reply(
      res,
      isHealthy ? 200 : 503,
      'application/json',
      `{"status":"${isHealthy ? 'healthy' : 'unhealthy'}"}`,
    )
  }
  if (!routes.access.mayView(req)) return refuseReader(req, res, path)
  if (path === '/api/live') {
    if (allowing(req, res, ['GET'])) routes.live(res, target)
    return
  }
  if (isApi(path)) return routes.api(req, res, target)
  if (!allowing(req, res, ['GET', 'HEAD'])) return
  if (path === '/metrics')
    return reply(res, 200, 'text/plain; version=0.0.4; charset=utf-8', routes.metrics())
  if (routes.assets?.(req, res, path) === true) return
  if (routes.assets !== undefined && isPage(path) && routes.assets(req, res, '/')) return
  if (path === '/') return reply(res, 200, 'text/html; charset=utf-8', routes.welcome())
  return say(res, 404, 'There is nothing at this address.')
}

function refuseReader(req: IncomingMessage, res: ServerResponse, path: string): void {
  if (isPage(path) && path !== '/metrics' && (req.method === 'GET' || req.method === 'HEAD'))
    return redirect(res, '/login')
  sayJson(res, 401, 'unauthorized', 'this hub needs its token for viewing: Authorization: Bearer <token>', {
    'www-authenticate': 'Bearer',
  })
}

/** Answers 405 to a method that is not among those allowed. */
function allowing(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): boolean {
  if (methods.includes(req.method ?? '')) return true
  say(res, 405, `This address answers ${methods.join(', ')}.`, { allow: methods.join(', ') })
  return false
}
