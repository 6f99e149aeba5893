import { isRequestId } from '../context/request-id.ts'
import { continueTrace, startTrace, type TraceHeaders } from '../context/trace-context.ts'
/**
 * The identity of an arriving request: its id, trace and route. All of it comes from the client or from code of the
 * application, so nothing here throws, and headers count only if the caller is trusted.
 */
import type { RouteRule } from '../options/rules.ts'
import type { RequestIdRule, Trust } from '../options/rules.ts'
import {
  type Exchange,
  type FaultReporter,
  type NodeRequest,
  REQUEST_ID_HEADER,
  type TraceContext,
} from '../seam.ts'

/** Whether the caller is trusted. Called once per request. */
export function isTrusted(trust: Trust, req: NodeRequest, fault: FaultReporter): boolean {
  if (typeof trust === 'string') return trust === 'always'
  try {
    return trust(req) === true
  } catch (error) {
    fault('option trust', error)
    return false
  }
}

/** The route from the application's own rule. `undefined`: the rule has none for this request. */
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

/** An id that the application has set, if it is valid as a request id. */
export function acceptable(id: unknown): string | undefined {
  const text = typeof id === 'number' ? String(id) : id
  return isRequestId(text) ? text : undefined
}

/** An id from the application's own rule, if it is valid as a request id. */
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

/** The id that a trusted caller has sent. */
export function sentId(req: NodeRequest, trusted: boolean): string | undefined {
  const sent = req.headers[REQUEST_ID_HEADER]
  return sent !== undefined && trusted && isRequestId(sent) ? sent : undefined
}

/** The trace position that a trusted caller has sent, or a new trace. */
export function receivedTrace(req: NodeRequest, trusted: boolean): TraceContext {
  const headers = req.headers as TraceHeaders
  return trusted && headers.traceparent !== undefined ? continueTrace(headers) : startTrace()
}

/** The trace that an untrusted caller has sent. */
export function refusedTrace(req: NodeRequest, trusted: boolean): TraceContext | undefined {
  if (trusted) return undefined
  const sent = continueTrace(req.headers as TraceHeaders)
  return sent.parentId === undefined ? undefined : sent
}
