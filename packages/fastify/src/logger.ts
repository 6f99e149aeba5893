import type { Sightline } from '@sightline/core'
import type { FastifyInstance } from 'fastify'

/** Whose logger the requests of an application carry. */
export type LoggerOwner = 'sightline' | 'fastify' | 'application'

/**
 * Settles whose logger is used. Fastify's own, where it is switched on, stays: its lines get the context, and the access
 * event is written through it in place of the pair of lines that Fastify writes for each request. One that is no pino
 * logger stays as it is.
 */
export function settleLogger(app: FastifyInstance, sightline: Sightline): LoggerOwner {
  const isFastifys = sightline.useLogger(app.log)
  // Where logging is off, Fastify has a stand-in that does nothing and has no level.
  const isOff = (app.log.level as string | undefined) === undefined
  if (!isFastifys && !isOff) return 'application'
  leaveRequestLinesToSightline(app)
  return isFastifys ? 'fastify' : 'sightline'
}

/**
 * Switches off `incoming request` and `request completed` after the fact, as `disableRequestLogging` does at the start.
 * Fastify has no other way to do so. A controller that the application has made itself stays as it is.
 */
function leaveRequestLinesToSightline(app: FastifyInstance): void {
  for (
    let owner: object | null = app;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const symbol = Object.getOwnPropertySymbols(owner).find(
      (each) => each.description === 'fastify.logController',
    )
    if (symbol === undefined) continue
    const controller = (app as unknown as Record<symbol, { disableRequestLogging: unknown }>)[symbol]
    if (controller?.constructor.name === 'LogController') controller.disableRequestLogging ||= true
    return
  }
}
