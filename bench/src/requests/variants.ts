import type { SightlineOptions } from '@sightline/core'

import { type Framework, FRAMEWORKS, type LayerName, type ServicePlan } from '../service/plan.ts'

/** What a variant has to show before it is measured, and only those that claim it. */
export type Proof = 'id' | 'log' | 'metrics' | 'spans'

/** One row of a table: a way to serve. */
export interface Variant {
  /** Names it on the command line and in results. */
  readonly name: string
  /** Names it in the tables; where frameworks have something of their own for it, each by its name. */
  readonly title: string | Readonly<Record<Framework, string>>
  readonly group: 'reference' | 'sightline' | 'part' | 'peer' | 'stack'
  readonly layers: readonly LayerName[]
  /** Of 100 requests, how many are sampled. Of a variant that does not trace: by its callers. */
  readonly sampled: number
  readonly proofs: readonly Proof[]
  /** Where there is such a thing. Default: everywhere. */
  readonly frameworks?: readonly Framework[]
  /** Whether the quick form has it. */
  readonly quick?: boolean
  readonly instrumentations?: NonNullable<ServicePlan['instrumentations']>
  readonly options?: SightlineOptions
}

const STACK: readonly LayerName[] = ['tracing', 'request-id', 'logger', 'metrics']
const KIT = { layers: ['sightline'], proofs: ['id', 'log', 'metrics', 'spans'] } as const
const WITHOUT = { ...KIT, group: 'part', sampled: 10 } as const

/** All rows, as the tables show them. */
export const VARIANTS: readonly Variant[] = [
  reference('bare', 'bare framework', [], true),
  reference('burn', '5 µs of work in the handler', ['burn'], false),
  reference('burn-40', '40 µs of work in the handler', ['burn-40'], false),

  ...[0, 10, 100].map((percent): Variant => ({
    ...KIT,
    name: `sightline-${percent}`,
    title: `**Sightline**, everything, ${percent} % sampled`,
    group: 'sightline',
    sampled: percent,
    quick: percent === 10,
  })),

  // What a request is made of (ids, context, counting) cannot be switched off.
  without('access', 'without the access event', { log: { access: false } }, ['id', 'metrics', 'spans']),
  without('runtime', 'without runtime metrics', { metrics: { runtime: false } }),
  without('masking', 'without masking secrets', { log: { redact: false } }),
  without(
    'endpoints',
    'without endpoints',
    { metrics: { path: false }, stats: { path: false }, health: { path: false } },
    ['id', 'log', 'spans'],
  ),
  {
    ...WITHOUT,
    name: 'sightline-otel-naming',
    title: 'Sightline with OpenTelemetry metric names',
    options: { metrics: { naming: 'otel' } },
  },

  peer(
    'logger',
    { fastify: "logger: Fastify's own", express: 'logger: pino-http', koa: 'logger: koa-pino-logger' },
    ['logger'],
    ['log'],
    { quick: true },
  ),
  peer('logger-sync', 'the same, each line written at once', ['logger-sync'], ['log']),
  peer(
    'metrics',
    {
      fastify: 'metrics: fastify-metrics',
      express: 'metrics: express-prom-bundle',
      koa: 'metrics: prom-client by hand',
    },
    ['metrics'],
    ['metrics'],
  ),
  peer('promster', 'metrics: promster', ['promster'], ['metrics'], { frameworks: ['fastify', 'express'] }),
  peer('request-id', 'id and context: cls-rtracer', ['request-id'], ['id']),
  peer('trio', 'id + logger + metrics', ['request-id', 'logger', 'metrics'], ['id', 'log', 'metrics']),

  ...[10, 100].map((percent) => stack('fair', 'fair stack, one span', percent, 'http')),
  ...[10, 100].map((percent) => stack('documented', 'documented stack', percent, 'all')),
]

/** The rows of one framework. */
export function variantsFor(framework: Framework, wanted: (variant: Variant) => boolean): Variant[] {
  return VARIANTS.filter(
    (variant) => (variant.frameworks ?? FRAMEWORKS).includes(framework) && wanted(variant),
  )
}

/** What a variant is called in the tables of a framework. */
export function titleOf({ title }: Variant, framework: Framework): string {
  return typeof title === 'string' ? title : title[framework]
}

/** What a variant's service is started with. */
export function planOf(variant: Variant, framework: Framework, collector: string, routes = 1): ServicePlan {
  const { layers, sampled, instrumentations, options } = variant
  return {
    framework,
    layers,
    routes,
    ratio: sampled / 100,
    collector,
    ...(instrumentations && { instrumentations }),
    ...(options && { options }),
  }
}

function reference(name: string, title: string, layers: readonly LayerName[], quick: boolean): Variant {
  return { name, title, group: 'reference', layers, sampled: 10, proofs: [], quick }
}

function without(
  part: string,
  title: string,
  options: SightlineOptions,
  proofs: readonly Proof[] = KIT.proofs,
): Variant {
  return { ...WITHOUT, name: `sightline-without-${part}`, title: `Sightline ${title}`, options, proofs }
}

function peer(
  name: string,
  title: Variant['title'],
  layers: readonly LayerName[],
  proofs: readonly Proof[],
  rest: Pick<Variant, 'quick' | 'frameworks'> = {},
): Variant {
  return { name, title, group: 'peer', layers, sampled: 10, proofs, ...rest }
}

function stack(name: string, title: string, percent: number, instrumentations: 'http' | 'all'): Variant {
  return {
    name: `${name}-${percent}`,
    title: `${title}, ${percent} % sampled`,
    group: 'stack',
    layers: STACK,
    sampled: percent,
    proofs: ['id', 'log', 'metrics', 'spans'],
    instrumentations,
    quick: name === 'fair' && percent === 10,
  }
}
