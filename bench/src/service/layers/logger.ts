import { createRequire } from 'node:module'

import { trace } from '@opentelemetry/api'
import rTracer from 'cls-rtracer'
import { type Options, pinoHttp } from 'pino-http'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

const require = createRequire(import.meta.url)
// It brings no types along; it takes pino-http's options.
const koaLogger = require('koa-pino-logger') as (options: Options) => never

/** Each framework's usual logger, as it comes: Fastify's own, pino-http, koa-pino-logger. */
export function layer(plan: ServicePlan): Layer {
  const options = mixinOf(plan)
  return {
    fastifyOptions: { logger: options },
    express: (app) => void app.use(pinoHttp(options)),
    koa: (app) => void app.use(koaLogger(options)),
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
