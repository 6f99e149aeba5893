import type { Adapter, Answer } from '@sightline/conformance'
import Fastify, { type FastifyReply } from 'fastify'

import sightline from '../src/index.ts'

const send = (reply: FastifyReply, { status = 200, headers = {}, body }: Answer): FastifyReply =>
  reply.code(status).headers(headers).send(body)

/** The adapter under test, as the suite and the programs that it starts use it. */
export const adapter: Adapter = {
  module: import.meta.url,
  name: 'Fastify',
  wildcard: '*',
  routeIsKnown: 'from the start',
  deviations: {
    'carries the request id into listeners of the body that a handler adds':
      'Fastify reads the body before the handler runs',
    'is broken by a handler that writes and then throws':
      'Fastify tells only its own logger of what a handler throws that has hijacked its reply',
  },
  async serve({ routes, guard, sightline: kit, times = 1, getters }) {
    const app = Fastify()
    if (getters) {
      // Fastify keeps these names for itself, so that only a hook can take them.
      app.addHook('onRequest', async (request) => {
        for (const name of ['id', 'log']) Object.defineProperty(request, name, { get: () => 'own' })
      })
    }
    const options = kit && 'attach' in kit ? { sightline: kit } : kit
    if (options) for (let i = 0; i < times; i++) await app.register(sightline, options)
    if (guard) {
      app.addHook('onRequest', async (request, reply) => {
        const refusal = guard(request.raw)
        if (refusal) await send(reply, refusal)
      })
    }
    for (const { method, prefix = '', pattern, raw, handler } of routes) {
      await app.register(
        async (scope) => {
          scope.route({
            method: method === 'ALL' ? app.supportedMethods : method,
            url: pattern,
            async handler({ raw: req, params, body, id, log }, reply) {
              if (raw) reply.hijack()
              const request = {
                req,
                res: reply.raw,
                params: params as Record<string, string>,
                body,
                id,
                log: log as never,
              }
              const answer = await handler(request)
              return raw ? undefined : send(reply, answer ?? {})
            },
          })
        },
        { prefix },
      )
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      server: app.server,
      async close() {
        // Fastify waits for connections that idle: https://github.com/fastify/fastify/issues/7044
        const closed = app.close()
        app.server.closeAllConnections()
        await closed
      },
    }
  },
}
