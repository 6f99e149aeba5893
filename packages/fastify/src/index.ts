import { createSightline, type Observation, type Sightline, type SightlineOptions } from '@sightline/core'
import { hostOf, lenderOf } from '@sightline/core/adapter'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

import { observeArrivals } from './arrivals.ts'
import { FastifyExchange } from './exchange.ts'
import { RequestLoggers } from './logger.ts'
import { replaceRequestLines } from './request-lines.ts'

/** Options of the plugin: those of Sightline, or an existing Sightline that other modules share. */
export type SightlinePluginOptions = SightlineOptions & { readonly sightline?: Sightline }

declare module 'fastify' {
  interface FastifyInstance {
    /** The Sightline of the application. */
    sightline: Sightline
  }
}

const plugin: FastifyPluginAsync<SightlinePluginOptions> = async (app, { sightline: shared, ...options }) => {
  const isTaken = app.hasDecorator('sightline')
  // The plugin was already registered.
  if (isTaken && 'attach' in Object(app.sightline)) return
  const sightline = shared ?? createSightline(options)
  const host = hostOf(sightline)
  const loggers = new RequestLoggers(app, sightline, host)
  /** The first error of each request. The access event shows this one. */
  const failures = new WeakMap<FastifyRequest, unknown>()
  const lend = lenderOf(sightline, 'request')
  if (isTaken) {
    const reason = new TypeError('the application has an app.sightline of its own, which stays')
    host.fault('setting app.sightline', reason)
  } else app.decorate('sightline', sightline)

  function enter(request: FastifyRequest, reply: FastifyReply): Observation | undefined {
    if (host.isEndpoint(request.raw)) return undefined
    const observation = host.observe(new FastifyExchange(request, reply))
    equip(request, reply, observation)
    return observation
  }

  function equip(request: FastifyRequest, reply: FastifyReply, { id, log }: Observation): void {
    const own = loggers.loggerFor(request, log, id)
    try {
      request.id = id
      if (own) request.log = reply.log = own
    } catch {
      // A hook of the application has defined accessors with these names.
      lend(request, own ? { id, log: own } : { id })
    }
  }

  /** @returns whether the access event or a follow-up shows this error */
  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    if (failures.has(request)) return failures.get(request) === error
    failures.set(request, error)
    host.observe(new FastifyExchange(request, reply)).fail(error)
    return true
  }

  function report(error: unknown, request: FastifyRequest, reply: FastifyReply): boolean {
    if (host.isEndpoint(request.raw)) return false
    const { ended } = host.observe(new FastifyExchange(request, reply))
    return (!ended || failures.has(request)) && fail(error, request, reply)
  }

  observeArrivals(app, host, enter)
  replaceRequestLines(app, loggers.owner, report)

  app.addHook('onRequest', (request, reply, done) => {
    const observation = enter(request, reply)
    if (observation) {
      observation.run(done)
    } else {
      reply.hijack()
      host.serve(request.raw, reply.raw)
    }
  })
  app.addHook('onError', (request, reply, error, done) => {
    if (!host.isEndpoint(request.raw)) fail(error, request, reply)
    done()
  })
  app.addHook('onRoute', function prepareRoute(route) {
    const { method, url } = route
    loggers.prepare(route, this.childLoggerFactory)
    const methods = [method].flat().filter((each) => each !== 'HEAD')
    const isAll = app.supportedMethods.every((each) => method.includes(each))
    host.know((isAll ? ['*'] : methods).map((each) => ({ method: each, route: url })))
  })
  app.addHook('onReady', (done) => {
    // @fastify/websocket passes upgrades to Fastify's own routes, where they are observed like all requests.
    if (app.hasDecorator('websocketServer')) host.leaveUpgrades(app.server)
    else host.watchUpgrades(app.server)
    done()
  })
  host.accompany('fastify', () => app.close())
  // A shared Sightline has other users.
  if (!shared) app.addHook('onClose', () => closeUnlessStopping(sightline))
}

/** A Sightline in shutdown flushes its destinations after its hooks. Waiting here would block one of these hooks. */
async function closeUnlessStopping(sightline: Sightline): Promise<void> {
  if (!sightline.stopping.aborted) await sightline.close()
}

/**
 * The Fastify plugin: `await app.register(sightline, { service: 'orders' })`.
 *
 * Sets `request.id` and `request.log` of each request, and `app.sightline`.
 */
export default fp(plugin, { fastify: '5.x', name: '@sightline/fastify' })
