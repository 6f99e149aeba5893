import type { Sightline } from '@sightline/core'
import type { Host } from '@sightline/core/adapter'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'

import { partOf } from './internals.ts'

/** Whose logger the requests of an application carry. */
export type LoggerOwner = 'sightline' | 'fastify' | 'application'

type ChildLoggerFactory = NonNullable<RouteOptions['childLoggerFactory']>

/** The name of what makes the loggers of requests where the application has no way of its own. */
const DEFAULT_FACTORY = 'defaultChildLoggerFactory'

/**
 * The loggers of the requests of an application. Fastify's own, where it is switched on, stays, and so do those that it and
 * the application's factories make of it: their lines get the context, and the access event is written through it. One that
 * is no pino logger stays as it is. Where logging is off, Sightline's takes the place of Fastify's.
 */
export class RequestLoggers {
  readonly owner: LoggerOwner
  readonly #sightline: Sightline
  /** Fastify's stand-in for a logger where logging is off: one object for all applications, that does nothing. */
  readonly #off: FastifyBaseLogger | undefined
  readonly #idLabel: string
  /** How Fastify makes the loggers of requests by itself, as far as it is known. */
  #usualFactory: ChildLoggerFactory | undefined = undefined

  constructor(app: FastifyInstance, sightline: Sightline, host: Host) {
    const isFastifys = host.useLogger(app.log)
    // The stand-in has no level.
    const isOff = (app.log.level as string | undefined) === undefined
    this.#sightline = sightline
    this.#off = isOff ? app.log : undefined
    this.owner = isFastifys ? 'fastify' : isOff ? 'sightline' : 'application'
    const controller = partOf<{ readonly requestIdLogLabel: string }>(app, 'fastify.logController')
    this.#idLabel = (controller?.value ?? app.initialConfig).requestIdLogLabel ?? 'reqId'
  }

  /**
   * What a route is told about its logger holds for Sightline's too, where logging is off.
   *
   * @param usual the factory of the plugin that the route belongs to
   */
  prepare(route: RouteOptions, usual: ChildLoggerFactory): void {
    if (this.#off === undefined) return
    const factory = route.childLoggerFactory ?? usual
    const hasOptions = route.logLevel || route.logSerializers
    if (hasOptions || !this.#isUsual(factory)) route.childLoggerFactory = this.#onOurs(factory)
  }

  /**
   * The logger that a request is to have: the one that Fastify has made for it, with the context in its lines.
   * `undefined`: the one that it has already, which carries the context or is none of pino's.
   *
   * @param ours the logger of the observation, which is derived from that of the request, unless that is none of pino's
   * @param id the id of the observation
   */
  loggerFor(request: FastifyRequest, ours: FastifyBaseLogger, id: string): FastifyBaseLogger | undefined {
    const { log } = request
    if (log === ours) return undefined
    if (log === this.#off) {
      const { childLoggerFactory: factory } = request.server
      return this.#isUsual(factory)
        ? ours
        : factory.call(request.server, ours, { [this.#idLabel]: id }, {}, request.raw)
    }
    // Fastify has bound the id that it had made itself.
    if (this.#isOf(log, ours)) return request.id === id ? ours : ours.child({ [this.#idLabel]: id })
    const isAccessor = Object.getOwnPropertyDescriptor(request, 'log')?.get !== undefined
    return isAccessor && this.owner !== 'application' ? ours : undefined
  }

  /** Whether the logger of an observation is derived from another one, rather than from that of the service. */
  #isOf(log: unknown, ours: FastifyBaseLogger): boolean {
    const service = this.#sightline.log
    return log === service || Object.getPrototypeOf(ours) !== service
  }

  #isUsual(factory: ChildLoggerFactory): boolean {
    if (factory === this.#usualFactory) return true
    if (factory.name !== DEFAULT_FACTORY) return false
    this.#usualFactory = factory
    return true
  }

  /** Has a factory make its loggers of Sightline's, in place of one that is off. */
  #onOurs(factory: ChildLoggerFactory): ChildLoggerFactory {
    const ours = this.#sightline
    const off = this.#off
    return function childLoggerFactory(logger, bindings, options, raw) {
      return factory.call(this, logger === off ? ours.log : logger, bindings, options, raw)
    }
  }
}
