import type { Sightline } from '@sightline/core'
import type { Host } from '@sightline/core/adapter'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'

import { partOf } from './internals.ts'

/** The owner of the request loggers of an application. */
export type LoggerOwner = 'sightline' | 'fastify' | 'application'

type ChildLoggerFactory = NonNullable<RouteOptions['childLoggerFactory']>

/** The name of Fastify's default function for request loggers. */
const DEFAULT_FACTORY = 'defaultChildLoggerFactory'

/**
 * The request loggers of an application. If Fastify's logging is on, Fastify's logger and its children stay: their
 * lines get the context, and the access event is written through them. A logger other than pino stays unchanged. If
 * logging is off, Sightline's logger replaces Fastify's.
 */
export class RequestLoggers {
  readonly owner: LoggerOwner
  readonly #sightline: Sightline
  /** Fastify's logger while logging is off: one object without function, shared by all applications. */
  readonly #off: FastifyBaseLogger | undefined
  readonly #idLabel: string
  /** Fastify's default factory, once it is known. */
  #usualFactory: ChildLoggerFactory | undefined = undefined

  constructor(app: FastifyInstance, sightline: Sightline, host: Host) {
    const isFastifys = host.useLogger(app.log)
    // Fastify's logger has no level while logging is off. A logger of the application may have none, either.
    const options = partOf<{ readonly loggerInstance?: unknown }>(app, 'fastify.options')?.value
    const isOff = (app.log.level as string | undefined) === undefined && options?.loggerInstance === undefined
    this.#sightline = sightline
    this.#off = isOff ? app.log : undefined
    this.owner = isFastifys ? 'fastify' : isOff ? 'sightline' : 'application'
    const controller = partOf<{ readonly requestIdLogLabel: string }>(app, 'fastify.logController')
    this.#idLabel = (controller?.value ?? app.initialConfig).requestIdLogLabel ?? 'reqId'
  }

  /**
   * Applies a route's logger settings to Sightline's logger, if Fastify's logging is off.
   *
   * @param usual the factory of the route's plugin
   */
  prepare(route: RouteOptions, usual: ChildLoggerFactory): void {
    if (this.#off === undefined) return
    const factory = route.childLoggerFactory ?? usual
    const hasOptions = route.logLevel || route.logSerializers
    if (hasOptions || !this.#isUsual(factory)) route.childLoggerFactory = this.#onOurs(factory)
  }

  /**
   * The logger to set on a request: Fastify's, with the context in its lines. `undefined`: the present logger stays. It
   * already carries the context, or is no pino logger.
   *
   * @param ours the logger of the observation. It is derived from the request's own, if that is a pino logger
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
    // Fastify has bound its own id to the logger.
    if (this.#isOf(log, ours)) return request.id === id ? ours : ours.child({ [this.#idLabel]: id })
    const isAccessor = Object.getOwnPropertyDescriptor(request, 'log')?.get !== undefined
    return isAccessor && this.owner !== 'application' ? ours : undefined
  }

  /** Whether an observation's logger is derived from another logger than the service's. */
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

  /** Makes a factory derive its loggers from Sightline's, instead of from one that is off. */
  #onOurs(factory: ChildLoggerFactory): ChildLoggerFactory {
    const ours = this.#sightline
    const off = this.#off
    return function childLoggerFactory(logger, bindings, options, raw) {
      return factory.call(this, logger === off ? ours.log : logger, bindings, options, raw)
    }
  }
}
