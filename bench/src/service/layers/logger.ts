import { once } from 'node:events'
import { createRequire } from 'node:module'

import { trace } from '@opentelemetry/api'
import rTracer from 'cls-rtracer'
import { type DestinationStream, pino } from 'pino'
import { type Options, pinoHttp } from 'pino-http'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

const require = createRequire(import.meta.url)
// It has no types. It accepts pino-http's options.
const koaLogger = require('koa-pino-logger') as (options: Options, stream: DestinationStream) => never

/**
 * Each framework's usual logger with its defaults: Fastify's own, pino-http, koa-pino-logger. pino 10 passes
 * lines to another thread, and continues before they are written.
 */
export function layer(plan: ServicePlan): Layer {
  return loggerTo(pino.destination(), plan)
}

/** The same with synchronous writes, so that no line is lost with the process. */
export function syncLayer(plan: ServicePlan): Layer {
  return loggerTo(pino.destination({ sync: true }), plan)
}

function loggerTo(destination: ReturnType<typeof pino.destination>, plan: ServicePlan): Layer {
  const options = mixinOf(plan)
  return {
    fastifyOptions: { logger: { ...options, stream: destination } },
    express: (app) => void app.use(pinoHttp(options, destination)),
    koa: (app) => void app.use(koaLogger(options, destination)),
    async settle() {
      // Without a buffer, `flush()` returns at once. A marker after all lines shows that they are written.
      const drained = once(destination, 'drain')
      destination.write('\n')
      await drained
    },
  }
}

/** In a stack, lines carry the data of the other layers, like Sightline's. */
function mixinOf({ layers }: ServicePlan) {
  const hasIds = layers.includes('request-id')
  const hasTraces = layers.includes('tracing')
  if (!hasIds && !hasTraces) return {}
  return {
    mixin() {
      const span = hasTraces ? trace.getActiveSpan()?.spanContext() : undefined
      return { request_id: rTracer.id(), trace_id: span?.traceId, span_id: span?.spanId }
    },
  }
}
