import {
  createSightline,
  type Logger,
  type Observation,
  type Sightline,
  type SightlineOptions,
} from '@sightline/core'
import { lenderOf, outletsOf } from '@sightline/core/adapter'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

import { FastifyExchange, UnroutedExchange } from './exchange.ts'
import { settleLogger } from './logger.ts'

/** Options of the plugin: those of Sightline, or a Sightline that other parts of the program share. */
export type SightlinePluginOptions = SightlineOptions & { readonly sightline?: Sightline }

declare module 'fastify' {
  interface FastifyInstance {
    /** What the service is observed with. */
    sightline: Sightline
  }
}

const plugin: FastifyPluginAsync<SightlinePluginOptions> = async (app, { sightline: shared, ...options }) => {
  const isTaken = app.hasDecorator('sightline')
  // Registered twice, the second has nothing left to do.
  if (isTaken && 'observe' in Object(app.sightline)) return
  const sightline = shared ?? createSightline(options)
  const loggerOwner = settleLogger(app, sightline)
  const lend = lenderOf(sightline, 'request')
  if (isTaken) {
    const reason = new TypeError('the application has an app.sightline of its own, which stays')
    outletsOf(sightline)?.fault('setting app.sightline', reason)
  } else app.decorate('sightline', sightline)

  // Fastify answers a target that it cannot decode (`/%ZZ`) before any hook: only node sees such a request.
  app.server.prependListener('request', (req, res) => {
    if (sightline.isEndpoint(req)) return
    sightline.observe(new UnroutedExchange(req, res))
  })

  app.addHook('onRequest', (request, reply, done) => {
    if (sightline.isEndpoint(request.raw)) {
      reply.hijack()
      sightline.serve(request.raw, reply.raw)
      return
    }
    const observation = sightline.observe(new FastifyExchange(request, reply))
    equip(request, reply, observation)
    observation.run(done)
  })
  app.addHook('onError', (request, reply, error, done) => {
    sightline.observe(new FastifyExchange(request, reply)).fail(error)
    done()
  })
  app.addHook('onRoute', ({ method, url }) => {
    const methods = [method].flat().filter((each) => each !== 'HEAD')
    const isAll = app.supportedMethods.every((each) => method.includes(each))
    sightline.know((isAll ? ['*'] : methods).map((each) => ({ method: each, route: url })))
  })
  app.addHook('onReady', (done) => {
    // @fastify/websocket brings upgrades to Fastify's own routes, where they are observed as all requests are.
    if (!app.hasDecorator('websocketServer')) sightline.watchUpgrades(app.server)
    done()
  })
  sightline.accompany('fastify', () => app.close())
  // One that is shared has others to serve.
  if (!shared) app.addHook('onClose', () => closeUnlessStopping(sightline))

  function equip(request: FastifyRequest, reply: FastifyReply, observation: Observation): void {
    const { id } = observation
    const log = loggerOwner === 'application' ? undefined : logOf(request, observation)
    try {
      request.id = id
      if (log) request.log = reply.log = log
    } catch {
      // A hook of the application has put accessors of these names there.
      lend(request, log ? { id, log } : { id })
    }
  }

  function logOf({ log: { level } }: FastifyRequest, { log }: Observation): Logger {
    const levelOfRoute = loggerOwner === 'fastify' && level !== app.log.level
    return levelOfRoute ? log.child({}, { level }) : log
  }
}

/** One that shuts down flushes its destinations itself, behind its hooks: to be waited for here, they would make this one hang. */
async function closeUnlessStopping(sightline: Sightline): Promise<void> {
  if (!sightline.stopping.aborted) await sightline.close()
}

/**
 * The Fastify plugin: `await app.register(sightline, { service: 'orders' })`.
 *
 * Requests get `request.id` and `request.log`, the application `app.sightline`.
 */
export default fp(plugin, { fastify: '5.x', name: '@sightline/fastify' })
