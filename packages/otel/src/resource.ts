import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

import type { Attributes } from '@sightline/otlp'

/** The resource of the process, sent with each batch. */
export interface ResourceSetup {
  readonly service: string
  readonly version: string | undefined
  /** Attributes set by the application. They override the detected ones. */
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
    // Distinguishes service instances on one host, and a restart with the same process id.
    'service.instance.id': randomUUID(),
    ...(version !== undefined && { 'service.version': version }),
    ...attributes,
    'service.name': service,
  }
}
