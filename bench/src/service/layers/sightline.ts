import { startTelemetry } from '@sightline/otel'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

/** Sightline as its users write it: one line, and one before it that sends spans. */
export function layer({ options, ratio = 1, collector }: ServicePlan): Layer {
  const all = { service: 'bench', ...options }
  const telemetry =
    collector === undefined
      ? undefined
      : startTelemetry({
          endpoint: collector,
          sampling: { ratio },
          // Spans alone, as in the stacks that this is compared with.
          metrics: { exporter: 'none' },
          logs: { exporter: 'none' },
          quiet: true,
        })
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
    async settle() {
      if ((await telemetry?.flush()) === false) throw new Error('the collector has not taken all spans')
    },
  }
}
