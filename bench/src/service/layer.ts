import type { Express } from 'express'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type Koa from 'koa'

import type { LayerName, ServicePlan } from './plan.ts'

/** One thing that is put on top of a bare application. What it does not name it leaves alone. */
export interface Layer {
  /** What the handler does besides answering. */
  readonly work?: () => void
  readonly fastifyOptions?: FastifyServerOptions
  fastify?(app: FastifyInstance): Promise<void> | void
  express?(app: Express): Promise<void> | void
  koa?(app: Koa): Promise<void> | void
  /** Finishes what earlier requests have left to do, such as an export or a line to be written: their cost is theirs. */
  settle?(): Promise<void>
}

type LayerModule = { readonly layer: (plan: ServicePlan) => Layer | Promise<Layer> }

// A service loads only what it is measured with.
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

/** The layers of a plan, made one after the other. */
export async function layersOf(plan: ServicePlan): Promise<Layer[]> {
  const layers: Layer[] = []
  for (const name of plan.layers) {
    const { layer } = await MODULES[name]()
    layers.push(await layer(plan))
  }
  return layers
}
