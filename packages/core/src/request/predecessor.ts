import type { Logger } from 'pino'

import type { NodeRequest } from '../seam.ts'

/** What a request carries of a logger that saw it before: pino-http, and what is made of it for Koa. */
export interface Predecessor {
  readonly id?: unknown
  readonly log?: Logger
  /** pino-http's list of its loggers of the request: where it is, pino-http writes how the request ended. */
  readonly allLogs?: readonly Logger[]
}

/** Reads it: who runs pino-http keeps its ids, its logger and its line. */
export function predecessorOf(req: NodeRequest): Predecessor {
  return req as Predecessor
}
