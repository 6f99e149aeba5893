import type { Layer } from '../layer.ts'

/**
 * Each framework's usual metrics: fastify-metrics, express-prom-bundle, and plain prom-client on Koa, which
 * has no such package.
 */
export function layer(): Layer {
  return {
    async fastify(app) {
      const { default: fastifyMetrics } = await import('fastify-metrics')
      await app.register(fastifyMetrics.default, { endpoint: '/metrics' })
    },
    async express(app) {
      const { default: promBundle } = await import('express-prom-bundle')
      app.use(
        promBundle({ includeMethod: true, includePath: true, promClient: { collectDefaultMetrics: {} } }),
      )
    },
    async koa(app) {
      const { collectDefaultMetrics, Histogram, register } = await import('prom-client')
      collectDefaultMetrics()
      const durations = new Histogram({
        name: 'http_request_duration_seconds',
        help: 'How long requests took.',
        labelNames: ['method', 'route', 'status'],
      })
      app.use(async (ctx, next) => {
        if (ctx.path === '/metrics') {
          ctx.type = register.contentType
          ctx.body = await register.metrics()
          return
        }
        const end = durations.startTimer()
        await next()
        // The property that @koa/router sets.
        const { _matchedRoute: route } = ctx as { _matchedRoute?: string }
        end({ method: ctx.method, route: route ?? 'unmatched', status: ctx.status })
      })
    },
  }
}
