import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

import type { Attributes } from '@sightline/otlp'

/** What is said of the process in front of everything that it sends. */
export interface ResourceSetup {
  readonly service: string
  readonly version: string | undefined
  /** What the application says of itself: it comes before what we have found out. */
  readonly attributes: Attributes
}

/** https://opentelemetry.io/docs/specs/semconv/resource/ */
export function resourceOf({ service, version, attributes }: ResourceSetup): Attributes {
  return {
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'sightline',
    // Tells the instances of a service apart, where several share a host and a restart keeps the process id.
    'service.instance.id': randomUUID(),
    ...(version !== undefined && { 'service.version': version }),
    ...attributes,
    'service.name': service,
  }
}
