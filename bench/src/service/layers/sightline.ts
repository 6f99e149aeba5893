import { startTelemetry } from '@sightline/otel'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

/** Sightline as in an application: one line, preceded by one that exports spans. */
export function layer({ options, ratio = 1, collector }: ServicePlan): Layer {
  const all = { service: 'bench', ...options }
  const telemetry =
    collector === undefined
      ? undefined
      : startTelemetry({
          endpoint: collector,
          sampling: { ratio },
          // Spans only, as in the compared stacks.
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
