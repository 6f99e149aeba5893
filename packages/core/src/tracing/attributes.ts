/**
 * The attributes of a SERVER span, by OpenTelemetry's stable conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
import type { Attributes } from '@opentelemetry/api'

import { errorTypeOf } from '../record/failure.ts'
import type { RequestRecord } from '../seam.ts'
import { type RequestDetails, detailsOf } from './details.ts'
import type { TracedRequest } from './request-tracing.ts'
import { attributesOf } from './span.ts'

/** The attribute of the request id, named after its header. */
export const REQUEST_ID_ATTRIBUTE = 'http.request.header.x-request-id'

/** `GET /users/:id`, or the method alone without a matched route. An unknown method is `HTTP`. */
export function spanNameOf(method: string, route: string | undefined): string {
  const known = method === '_OTHER' ? 'HTTP' : method
  return route === undefined ? known : `${known} ${route}`
}

/** The attributes at the arrival of a request. Samplers decide by them. */
export function attributesAtStart(request: TracedRequest): Attributes {
  const { method, scheme } = request
  return {
    'http.request.method': method,
    'url.scheme': scheme,
    'url.path': request.maskedPath(),
    ...detailed(detailsOf(request)),
  }
}

/** The attributes at the end of a request, including the fields of its handlers. */
export function attributesAtEnd(record: RequestRecord): Attributes {
  const { route, status, path, clientIp, userAgent, fields } = record
  const errorType = errorTypeOf(record)
  return {
    ...attributesOf(fields),
    // Set again: the route may mark a part of the path as secret.
    'url.path': path,
    ...(route !== undefined && { 'http.route': route }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(clientIp !== undefined && { 'client.address': clientIp }),
    ...(userAgent !== undefined && { 'user_agent.original': userAgent }),
    ...(errorType !== '' && { 'error.type': errorType }),
    [REQUEST_ID_ATTRIBUTE]: [record.id],
  }
}

function detailed(details: RequestDetails): Attributes {
  const { originalMethod, query, serverAddress, serverPort, peerAddress, peerPort, protocolVersion } = details
  return {
    ...(originalMethod !== undefined && { 'http.request.method_original': originalMethod }),
    ...(query !== undefined && { 'url.query': query }),
    ...(serverAddress !== undefined && { 'server.address': serverAddress }),
    ...(serverPort !== undefined && { 'server.port': serverPort }),
    ...(peerAddress !== undefined && { 'network.peer.address': peerAddress }),
    ...(peerPort !== undefined && { 'network.peer.port': peerPort }),
    'network.protocol.version': protocolVersion,
  }
}
