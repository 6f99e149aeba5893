import { isRequestId } from '../context/request-id.ts'
import { continueTrace, startTrace, type TraceHeaders } from '../context/trace-context.ts'
/**
 * What a request says of itself when it arrives. All of it is written by somebody else: nothing here throws, or takes
 * anything for true without being told to.
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
