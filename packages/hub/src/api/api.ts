import { QueryError, queryErrorOf } from '../query/query-error.ts'
import { errorAnswer } from './answers.ts'
import { Parameters } from './parameters.ts'
import type { ApiParts } from './parts.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import { type Dialect, type Route, RouteTable } from './route.ts'
import { ROUTES } from './routes.ts'

/**
 * Answers the requests of all paths below `/api` and `/jaeger`, see `docs/hub-api.md`. It never rejects: an error is an answer with one
 * sentence.
 */
export function createApi(parts: ApiParts): (request: ApiRequest) => Promise<ApiResponse> {
  const table = new RouteTable(ROUTES)
  const { now = Date.now } = parts
  return async (request) => {
    const found = table.find(request.path)
    const dialect = found?.route.dialect ?? dialectOf(request.path)
    try {
      if (found === undefined)
        throw new QueryError('not_found', `The API has no path ${request.path.slice(0, 200)}`)
      const handler = handlerOf(found.route, request.method)
      if (handler === undefined) return notAllowed(found.route)
      const parameters = new Parameters(found.values, [...formOf(request), request.query])
      const { body = '', signal } = request
      // `await` within `try`, so that a rejection becomes an answer.
      return await handler({ ...parts, parameters, body, signal, time: now() })
    } catch (error) {
      return errorAnswer(dialect, queryErrorOf(error))
    }
  }
}

/** `HEAD` is answered like `GET`; the server leaves out the body. */
function handlerOf({ methods }: Route, method: string): Route['methods']['GET'] {
  if (method === 'GET' || method === 'HEAD') return methods.GET
  return method === 'POST' || method === 'PUT' ? methods[method] : undefined
}

function notAllowed({ dialect, methods }: Route): ApiResponse {
  const allow = Object.keys(methods).join(', ')
  const answer = errorAnswer(dialect, new QueryError('bad_data', `This path only allows ${allow}`, 405))
  return { ...answer, headers: { ...answer.headers, allow } }
}

/** A form, as Grafana and promtool send long queries. */
function formOf({ method, headers, body }: ApiRequest): URLSearchParams[] {
  const type = headers['content-type']
  const isForm = typeof type === 'string' && /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)
  return method === 'POST' && isForm ? [new URLSearchParams(body ?? '')] : []
}

function dialectOf(path: string): Dialect {
  if (path.startsWith('/api/v1/')) return 'prometheus'
  return path.startsWith('/jaeger/') ? 'jaeger' : 'hub'
}
