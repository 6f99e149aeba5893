import type { NodeRequest } from '../seam.ts'
import type { TracedRequest } from './request-tracing.ts'

/** Details of a request for its span that are not in its record. */
export interface RequestDetails {
  /** The original method, if the record has `_OTHER`. */
  readonly originalMethod: string | undefined
  /** Without its question mark, masked. */
  readonly query: string | undefined
  /** The host that the client requested. */
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  /** The peer of the connection: the client, or the last proxy. */
  readonly peerAddress: string | undefined
  readonly peerPort: number | undefined
  /** For example `1.1` or `2`. */
  readonly protocolVersion: string
}

/** A longer value is no valid host name. */
const MAX_HOST = 255

/** Reads the details of a request. Splits by position, because a URL parser may throw. */
export function detailsOf(request: TracedRequest): RequestDetails {
  const { req, target, method } = request
  const question = target.indexOf('?')
  const { address, port } = hostOf(req)
  return {
    originalMethod: method === '_OTHER' ? req.method?.slice(0, MAX_HOST) : undefined,
    // The masking needs the question mark to recognise a query.
    query:
      question < 0 || question === target.length - 1
        ? undefined
        : request.masked(target.slice(question)).slice(1),
    serverAddress: address,
    serverPort: port,
    peerAddress: req.socket?.remoteAddress,
    peerPort: req.socket?.remotePort,
    protocolVersion: req.httpVersion === '2.0' ? '2' : req.httpVersion,
  }
}

function hostOf({ headers }: NodeRequest): { address: string | undefined; port: number | undefined } {
  const host = headers.host ?? headers[':authority']
  if (typeof host !== 'string' || host === '' || host.length > MAX_HOST)
    return { address: undefined, port: undefined }
  const colon = host.lastIndexOf(':')
  // The last colon in `[::1]` belongs to the address.
  if (colon < 0 || colon < host.lastIndexOf(']')) return { address: host, port: undefined }
  const port = Number(host.slice(colon + 1))
  return Number.isInteger(port) && port > 0 && port < 65_536
    ? { address: host.slice(0, colon), port }
    : { address: host, port: undefined }
}
