import type { AttributeValue, ReadResource } from '@sightline/otlp'

import type { Origin } from './deltas.ts'

/** What derived series need of a resource. */
export interface Identity extends Origin {
  readonly version: string
}

/**
 * `job` and `instance` as in the OTLP-to-Prometheus specification, and the version of the service.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1
 */
function identityOf({ attributes }: ReadResource): Identity {
  const name = textOf(attributes['service.name'])
  const namespace = textOf(attributes['service.namespace'])
  return {
    job: namespace === '' ? name : `${namespace}/${name}`,
    instance: textOf(attributes['service.instance.id']),
    version: textOf(attributes['service.version']),
  }
}

/** Finds the identity of a resource, once for each resource, which are interned. */
export function createIdentities(): (resource: ReadResource) => Identity {
  const known = new WeakMap<ReadResource, Identity>()
  return (resource) => {
    const found = known.get(resource)
    if (found !== undefined) return found
    const identity = identityOf(resource)
    known.set(resource, identity)
    return identity
  }
}

function textOf(value: AttributeValue | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : ''
}
