import type { ClientRequest } from 'node:http'

/** Marks the agents of deliveries. Registered, so that two copies of this package know each other's. */
export const OWN = Symbol.for('sightline.delivery')

/**
 * Whether a request is a delivery's own. Whoever observes outgoing requests must leave these out: a span about the
 * delivery of a span would never end.
 */
export function isDelivery(request: ClientRequest): boolean {
  const agent = 'agent' in request ? request.agent : undefined
  return typeof agent === 'object' && agent !== null && OWN in agent
}
