import type { Logger } from 'pino'

import type { NodeRequest } from '../seam.ts'

/** The properties that pino-http, or a Koa wrapper of it, sets on a request before Sightline. */
export interface Predecessor {
  readonly id?: unknown
  readonly log?: Logger
  /** pino-http's loggers of the request. If it exists, pino-http logs the end of the request itself. */
  readonly allLogs?: readonly Logger[]
}

/** Reads these properties, so that a service with pino-http keeps its ids, its loggers and its log line. */
export function predecessorOf(req: NodeRequest): Predecessor {
  return req as Predecessor
}
