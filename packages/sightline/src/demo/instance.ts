import type { Release, ServiceName } from './incident.ts'
import { createMeters, type Meters } from './meters.ts'
import { type KeyValues, keyValues, type Sender } from './otlp.ts'

/** A process of a service. */
export interface Instance extends Sender {
  readonly service: ServiceName
  readonly id: string
  /** Counts the processes of a service from 0. */
  readonly number: number
  readonly resource: KeyValues
  readonly meters: Meters
}

/** Creates the process of a release. A later demo has other processes, so that its series are others. */
export function createInstance(service: ServiceName, { version, since }: Release, number: number): Instance {
  const id = `${service}-${Math.floor(since / 1_000).toString(36)}-${number}`
  return {
    service,
    id,
    number,
    resource: keyValues({
      'service.name': service,
      'service.version': version,
      'service.instance.id': id,
      'deployment.environment.name': 'demo',
      'host.name': `shop-${number + 1}`,
      'telemetry.sdk.language': 'nodejs',
      'process.runtime.name': 'nodejs',
      'process.runtime.version': '24.11.0',
    }),
    meters: createMeters({ service, number, since }),
  }
}
