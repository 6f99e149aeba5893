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
  if (sightline.useLogger(app.log)) {
    leaveRequestLinesToSightline(app)
    return 'fastify'
  }
  // Fastify's stand-in where logging is off.
  return app.log.level === 'silent' ? 'sightline' : 'application'
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
