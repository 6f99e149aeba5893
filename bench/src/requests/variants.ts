import type { SightlineOptions } from '@sightline/core'

import { type Framework, FRAMEWORKS, type LayerName, type ServicePlan } from '../service/plan.ts'

/**
 * The properties that a variant must prove before it is measured. Variants that do not claim one must not
 * have it.
 */
export type Proof = 'id' | 'log' | 'metrics' | 'spans'

/** A variant: a row of a table. */
export interface Variant {
  /** Name on the command line and in results. */
  readonly name: string
  /** Title in the tables, or one per framework. */
  readonly title: string | Readonly<Record<Framework, string>>
  readonly group: 'reference' | 'sightline' | 'part' | 'peer' | 'stack'
  readonly layers: readonly LayerName[]
  /** Percentage of sampled requests. Without tracing: percentage of callers that sample. */
  readonly sampled: number
  readonly proofs: readonly Proof[]
  /** The frameworks of the variant. Default: all. */
  readonly frameworks?: readonly Framework[]
  /** Whether it is part of the quick form. */
  readonly quick?: boolean
  readonly instrumentations?: NonNullable<ServicePlan['instrumentations']>
  readonly options?: SightlineOptions
}

const STACK: readonly LayerName[] = ['tracing', 'request-id', 'logger', 'metrics']
const KIT = { layers: ['sightline'], proofs: ['id', 'log', 'metrics', 'spans'] } as const
const WITHOUT = { ...KIT, group: 'part', sampled: 10 } as const

/** All variants, in the order of the tables. */
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

  // The core of a request (ids, context, counting) cannot be disabled.
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

/** The variants of one framework. */
export function variantsFor(framework: Framework, wanted: (variant: Variant) => boolean): Variant[] {
  return VARIANTS.filter(
    (variant) => (variant.frameworks ?? FRAMEWORKS).includes(framework) && wanted(variant),
  )
}

/** The title of a variant in a framework's tables. */
export function titleOf({ title }: Variant, framework: Framework): string {
  return typeof title === 'string' ? title : title[framework]
}

/** The service plan of a variant. */
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
