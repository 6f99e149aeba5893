import { hash, timingSafeEqual } from 'node:crypto'

import type { NodeRequest, NodeResponse } from '../seam.ts'
import { answer, TEXT_TYPE } from './endpoints.ts'

/** The settings of the management endpoints. */
export interface ManagementSettings {
  /** `undefined`: on the application's port. */
  readonly port: number | undefined
  readonly host: string
  /** `undefined`: no token is required. */
  readonly token: string | undefined
  readonly loggers: string | false
}

/** The permissions at the management endpoints. */
export interface Access {
  /** Metrics and statistics. */
  reads(req: NodeRequest): boolean
  /** Reasons and details of health checks, which name internals, and changes of log levels. */
  operates(req: NodeRequest): boolean
  /** Rejects a request without permission. */
  refuse(req: NodeRequest, res: NodeResponse): void
}

/**
 * With a token, its holder has all permissions. Without one, all clients of a loopback port have them, since
 * they run on the same machine. At a port that others can reach, and at the application's, all clients may
 * read, as Prometheus expects, and none may do more.
 */
export function accessOf({ port, host, token }: ManagementSettings): Access {
  if (token === undefined) {
    const operates = port !== undefined && isLoopback(host)
    return { reads: () => true, operates: () => operates, refuse: refuseWithoutToken }
  }
  const brings = bearerOf(token)
  return { reads: brings, operates: brings, refuse: askForToken }
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const BEARER = /^bearer +([\w\-.~+/]+=*)$/i

/**
 * Creates the test for a token in the `Authorization` header. A query is not accepted, since queries are
 * logged. The digests have equal length, so the comparison takes constant time.
 */
function bearerOf(token: string): (req: NodeRequest) => boolean {
  const expected = digest(token)
  return ({ headers }) => {
    const sent = BEARER.exec(headers.authorization ?? '')?.[1]
    return sent !== undefined && timingSafeEqual(digest(sent), expected)
  }
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

function askForToken(req: NodeRequest, res: NodeResponse): void {
  const error = req.headers.authorization === undefined ? '' : ', error="invalid_token"'
  res.setHeader('www-authenticate', `Bearer realm="sightline"${error}`)
  answer(req, res, 401, TEXT_TYPE, 'this needs the header authorization: Bearer <management.token>\n')
}

function refuseWithoutToken(req: NodeRequest, res: NodeResponse): void {
  const text = 'this port can be reached from other machines: set management.token to allow this here\n'
  answer(req, res, 403, TEXT_TYPE, text)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
