/**
 * What a SERVER span says, by OpenTelemetry's stable conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
import type { Attributes } from '@opentelemetry/api'

import { errorTypeOf } from '../failure.ts'
import type { RequestRecord } from '../seam.ts'
import { type RequestDetails, detailsOf } from './details.ts'
import type { TracedRequest } from './registered.ts'

/** The attribute for the request id: that of the header in which it travels. */
export const REQUEST_ID_ATTRIBUTE = 'http.request.header.x-request-id'

/** `GET /users/:id`; the method alone where no route matched, and `HTTP` for a method that nobody knows. */
export function spanNameOf(method: string, route: string | undefined): string {
  const known = method === '_OTHER' ? 'HTTP' : method
  return route === undefined ? known : `${known} ${route}`
}

/** What is known when the request arrives: somebody's sampler decides by it. */
export function attributesAtStart(request: TracedRequest): Attributes {
  return {
    ...shared(request.method, request.scheme, request.masked(pathOf(request.target))),
    ...detailed(detailsOf(request)),
  }
}

/** What is known when it has ended. An attribute that is `undefined` is left out by whoever takes it. */
export function attributesAtEnd(record: RequestRecord): Attributes {
  const errorType = errorTypeOf(record)
  return {
    'http.route': record.route,
    'http.response.status_code': record.status,
    'client.address': record.clientIp,
    'user_agent.original': record.userAgent,
    'error.type': errorType === '' ? undefined : errorType,
    [REQUEST_ID_ATTRIBUTE]: [record.id],
  }
}

function shared(method: string, scheme: string, path: string): Attributes {
  return { 'http.request.method': method, 'url.scheme': scheme, 'url.path': path }
}

function detailed(details: RequestDetails): Attributes {
  return {
    'http.request.method_original': details.originalMethod,
    'url.query': details.query,
    'server.address': details.serverAddress,
    'server.port': details.serverPort,
    'network.peer.address': details.peerAddress,
    'network.peer.port': details.peerPort,
    'network.protocol.version': details.protocolVersion,
  }
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
