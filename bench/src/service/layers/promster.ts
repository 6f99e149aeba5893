import type { Layer } from '../layer.ts'

/** promster, with its scrape on the service's own port. */
export function layer(): Layer {
  return {
    async fastify(app) {
      const { getSummary, plugin } = await import('@promster/fastify')
      // Its types are for Fastify 4.
      await app.register(plugin as never)
      app.get('/metrics', () => getSummary())
    },
    async express(app) {
      const { createMiddleware, getSummary } = await import('@promster/express')
      // Its types are for Express 4.
      app.use(createMiddleware({ app: app as never }) as never)
      app.get('/metrics', (_req, res, next) => {
        getSummary().then((text) => void res.type('text/plain').send(text), next)
      })
    },
  }
}
