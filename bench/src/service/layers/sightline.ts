import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

/** Sightline in one line, as its users write it. */
export function layer({ options }: ServicePlan): Layer {
  const all = { service: 'bench', ...options }
  return {
    async fastify(app) {
      const { default: sightline } = await import('@sightline/fastify')
      await app.register(sightline, all)
    },
    async express(app) {
      const { sightline } = await import('@sightline/express')
      app.use(sightline(all))
    },
    async koa(app) {
      const { sightline } = await import('@sightline/koa')
      app.use(sightline(all))
    },
  }
}
