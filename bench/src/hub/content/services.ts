import type { Attributes } from '@sightline/otlp'

/** A process of a service that sends telemetry. */
export interface Instance {
  readonly service: string
  readonly resource: Attributes
  readonly routes: readonly string[]
}

const EDGES = ['web', 'mobile-api', 'partner-api', 'admin']
const BACKENDS = ['orders', 'payments', 'catalog', 'users', 'search', 'cart', 'shipping', 'mail']
const INSTANCES = 2
const NOUNS = ['items', 'orders', 'users', 'carts', 'prices', 'offers', 'stocks', 'labels', 'files', 'notes']

/** The scope of all telemetry. */
export const SCOPE = { name: '@sightline/core', version: '1.2.3' }

/** Services that get requests from outside, and those that they call: two processes of each. */
export const edges: readonly Instance[] = instancesOf(EDGES, 0)
export const backends: readonly Instance[] = instancesOf(BACKENDS, EDGES.length)

/** The names of all services. */
export const SERVICES: readonly string[] = [...EDGES, ...BACKENDS]

function instancesOf(names: readonly string[], first: number): Instance[] {
  return names.flatMap((service, index) => {
    const routes = NOUNS.flatMap((noun) => [`/api/${service}/${noun}`, `/api/${service}/${noun}/:id`])
    return Array.from({ length: INSTANCES }, (_, process) => {
      const number = (first + index) * INSTANCES + process
      return { service, routes, resource: resourceOf(service, number) }
    })
  })
}

function resourceOf(service: string, number: number): Attributes {
  return {
    'service.name': service,
    'service.version': `4.${number % 3}.6`,
    'service.instance.id': `8f0c7a52-3a52-44a5-b5f3-${String(number).padStart(12, '0')}`,
    'deployment.environment.name': 'production',
    'host.name': `node-${number % 5}`,
    'process.pid': 7,
    'telemetry.sdk.language': 'nodejs',
  }
}
