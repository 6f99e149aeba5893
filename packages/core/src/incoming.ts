import type { FaultReporter } from './fault.ts'
/**
 * What a request says of itself when it arrives. All of it is written by somebody else: nothing here throws, or takes
 * anything for true without being told to.
 */
import { isRequestId, REQUEST_ID_HEADER, type RequestIdRule, type Trust } from './request-id.ts'
import type { Exchange } from './seam.ts'
import { continueTrace, startTrace, type TraceContext, type TraceHeaders } from './trace-context.ts'
import type { NodeRequest, NodeResponse } from './wire.ts'

/** The methods of RFC 9110 and RFC 5789: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const KNOWN_METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
])

/** The method as a label: what nobody knows is one value. */
export function knownMethod(method: string | undefined): string {
  return method !== undefined && KNOWN_METHODS.has(method) ? method : '_OTHER'
}

/** The path of a request target. Cut by position: a target may be anything, and a parser may throw. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/** The path that a router sees of a target, which may be a whole URL. */
export function routedPath(target: string): string {
  const path = pathOf(target)
  if (path.startsWith('/')) return path
  const host = path.indexOf('://')
  const start = host < 0 ? -1 : path.indexOf('/', host + 3)
  return start < 0 ? path : path.slice(start)
}

/** Whether the caller is believed. Asked once for each request. */
export function isTrusted(trust: Trust, req: NodeRequest, fault: FaultReporter): boolean {
  if (typeof trust === 'string') return trust === 'always'
  try {
    return trust(req) === true
  } catch (error) {
    fault('option trust', error)
    return false
  }
}

/** Says of a request that has arrived whether it gets no access event. */
export type IgnoreRule = (req: NodeRequest) => boolean

/** Names the route of a request itself, where no router knows it. */
export type RouteRule = (req: NodeRequest, res: NodeResponse) => string | undefined

/** The route by the application's own rule. `undefined`: the rule has none for it. */
export function ruledRoute(
  rule: RouteRule,
  { req, res }: Exchange,
  fault: FaultReporter,
): string | undefined {
  try {
    const route: unknown = rule(req, res)
    if (route === undefined) return undefined
    if (typeof route === 'string' && route !== '') return route
    throw new TypeError('a route is a text that is not empty, or undefined')
  } catch (error) {
    fault('option route', error)
    return undefined
  }
}

/** Whether the application wants no access event of a request. Asked once for each. */
export function isIgnored(ignore: IgnoreRule, req: NodeRequest, fault: FaultReporter): boolean {
  try {
    return ignore(req) === true
  } catch (error) {
    fault('option log.ignore', error)
    return false
  }
}

/** An id that the application has given the request, if it is one that can be passed on. */
export function acceptable(id: unknown): string | undefined {
  const text = typeof id === 'number' ? String(id) : id
  return isRequestId(text) ? text : undefined
}

/** The id that the application makes for a request, if it is one that can be passed on. */
export function givenId(
  rule: RequestIdRule,
  { req, res }: Exchange,
  fault: FaultReporter,
): string | undefined {
  try {
    return acceptable(rule(req, res))
  } catch (error) {
    fault('option requestId', error)
    return undefined
  }
}

/** The id that a caller who is believed has sent. */
export function sentId(req: NodeRequest, trusted: boolean): string | undefined {
  const sent = req.headers[REQUEST_ID_HEADER]
  return sent !== undefined && trusted && isRequestId(sent) ? sent : undefined
}

/** The position in the trace of a caller who is believed, or the beginning of a new one. */
export function receivedTrace(req: NodeRequest, trusted: boolean): TraceContext {
  const headers = req.headers as TraceHeaders
  return trusted && headers.traceparent !== undefined ? continueTrace(headers) : startTrace()
}

/** The trace of a caller who is not believed, if there is one. */
export function refusedTrace(req: NodeRequest, trusted: boolean): TraceContext | undefined {
  if (trusted) return undefined
  const sent = continueTrace(req.headers as TraceHeaders)
  return sent.parentId === undefined ? undefined : sent
}
