import { once } from 'node:events'
import { createRequire } from 'node:module'

import { trace } from '@opentelemetry/api'
import rTracer from 'cls-rtracer'
import { type DestinationStream, pino } from 'pino'
import { type Options, pinoHttp } from 'pino-http'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

const require = createRequire(import.meta.url)
// It brings no types along; it takes what pino-http takes.
const koaLogger = require('koa-pino-logger') as (options: Options, stream: DestinationStream) => never

/**
 * Each framework's usual logger, as it comes: Fastify's own, pino-http, koa-pino-logger. pino 10 hands its lines to
 * another thread, and goes on before they are written.
 */
export function layer(plan: ServicePlan): Layer {
  return loggerTo(pino.destination(), plan)
}

/** The same, but no line waits for being written, so that none is lost with the process. */
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
      // Its own flush() returns at once where nothing is to be gathered; what is written after all lines tells.
      const drained = once(destination, 'drain')
      destination.write('\n')
      await drained
    },
  }
}

/** In a stack, lines carry what the other layers know, as Sightline's do. */
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
