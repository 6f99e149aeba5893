import type { Express } from 'express'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type Koa from 'koa'

import type { LayerName, ServicePlan } from './plan.ts'

/** A layer on top of a bare application. Absent members change nothing. */
export interface Layer {
  /** Additional work of the handler. */
  readonly work?: () => void
  readonly fastifyOptions?: FastifyServerOptions
  fastify?(app: FastifyInstance): Promise<void> | void
  express?(app: Express): Promise<void> | void
  koa?(app: Koa): Promise<void> | void
  /**
   * Finishes pending work of earlier requests, such as an export or a queued line, since its cost belongs to
   * them.
   */
  settle?(): Promise<void>
}

type LayerModule = { readonly layer: (plan: ServicePlan) => Layer | Promise<Layer> }

// A service loads only its own layers.
const MODULES: Record<LayerName, () => Promise<LayerModule>> = {
  burn: () => import('./layers/burn.ts'),
  'burn-40': async () => ({ layer: (await import('./layers/burn.ts')).longLayer }),
  'request-id': () => import('./layers/request-id.ts'),
  logger: () => import('./layers/logger.ts'),
  'logger-sync': async () => ({ layer: (await import('./layers/logger.ts')).syncLayer }),
  metrics: () => import('./layers/metrics.ts'),
  promster: () => import('./layers/promster.ts'),
  tracing: () => import('./layers/tracing.ts'),
  sightline: () => import('./layers/sightline.ts'),
}

/** Creates the layers of a plan in order. */
export async function layersOf(plan: ServicePlan): Promise<Layer[]> {
  const layers: Layer[] = []
  for (const name of plan.layers) {
    const { layer } = await MODULES[name]()
    layers.push(await layer(plan))
  }
  return layers
}
