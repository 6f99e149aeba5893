import type { NodeRequest } from '../seam.ts'
import type { TracedRequest } from './request-tracing.ts'

/** What a span says of a request besides what is in its record. */
export interface RequestDetails {
  /** The method as it came, where the record has `_OTHER`. */
  readonly originalMethod: string | undefined
  /** Without its question mark, with its secrets masked. */
  readonly query: string | undefined
  /** The host that the client asked for. */
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  /** Who is at the other end of the connection: the client, or the last proxy. */
  readonly peerAddress: string | undefined
  readonly peerPort: number | undefined
  /** Such as `1.1` or `2`. */
  readonly protocolVersion: string
}

/** A longer host is none, and would only fill somebody's storage. */
const MAX_HOST = 255

/** Reads the details of a request. Cut by position: nothing that parses a URL, for that may throw. */
export function detailsOf(request: TracedRequest): RequestDetails {
  const { req, target, method } = request
  const question = target.indexOf('?')
  const { address, port } = hostOf(req)
  return {
    originalMethod: method === '_OTHER' ? req.method?.slice(0, MAX_HOST) : undefined,
    // The question mark belongs to the shape by which a secret in a query is known.
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
  // `[::1]` ends with a bracket: its last colon is a part of the address.
  if (colon < 0 || colon < host.lastIndexOf(']')) return { address: host, port: undefined }
  const port = Number(host.slice(colon + 1))
  return Number.isInteger(port) && port > 0 && port < 65_536
    ? { address: host.slice(0, colon), port }
    : { address: host, port: undefined }
}
