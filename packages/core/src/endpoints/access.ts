import { hash, timingSafeEqual } from 'node:crypto'

import type { NodeRequest, NodeResponse } from '../seam.ts'
import { answer, TEXT_TYPE } from './endpoints.ts'

/** Where operators are answered. */
export interface ManagementSettings {
  /** `undefined`: on the application's. */
  readonly port: number | undefined
  readonly host: string
  /** `undefined`: none is asked for. */
  readonly token: string | undefined
  readonly loggers: string | false
}

/** Who may do what at the endpoints for operators. */
export interface Access {
  /** Metrics and statistics. */
  reads(req: NodeRequest): boolean
  /** Reasons and details of health checks, which name what is inside, and changes of levels. */
  operates(req: NodeRequest): boolean
  /** Turns away who may not. */
  refuse(req: NodeRequest, res: NodeResponse): void
}

/**
 * With a token, whoever brings it may do all. Without one, whoever reaches a loopback port may: it takes a process on
 * the same machine. At a port that others reach, and at the application's, all may read, as every Prometheus wants to,
 * and nobody may do more.
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
 * The test for requests that bring a token in their `Authorization` header: nowhere else, for a query is written into
 * logs. Digests are of one length, so the comparison takes the same time wherever the first difference is.
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
