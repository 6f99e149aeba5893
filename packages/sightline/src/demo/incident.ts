/** The services of the shop that send telemetry. */
export type ServiceName = 'shop-web' | 'orders' | 'payments'

export const SERVICES: readonly ServiceName[] = ['shop-web', 'orders', 'payments']

const MINUTE = 60_000

/** Length of the history before the demo starts, in milliseconds. */
export const HISTORY = 30 * MINUTE

/** Processes of each service. */
export const INSTANCES = 2

/** The process of payments that gets the new release. The other one keeps the old release. */
export const UPDATED = 1

/**
 * The incident: a release of payments that checks each entry of the ledger with a query of its own while it holds a lock and one of few
 * connections. Times in milliseconds since 1970.
 */
export interface Incident {
  readonly deployedAt: number
  readonly rolledBackAt: number
}

/** The incident of a demo that starts now: a deployment 20 minutes ago, rolled back after ten. */
export function incidentBefore(now: number): Incident {
  return { deployedAt: now - 20 * MINUTE, rolledBackAt: now - 10 * MINUTE }
}

/** The release that runs at a time. */
export interface Release {
  readonly version: string
  /** When it was deployed. */
  readonly since: number
}

/** The release of a process at a time. `number` counts the processes of a service. */
export function releaseAt(service: ServiceName, number: number, time: number, incident: Incident): Release {
  const opened = incident.deployedAt - (HISTORY - 20 * MINUTE)
  if (service === 'shop-web') return { version: '2.8.0', since: opened }
  if (service === 'orders') return { version: '3.1.4', since: opened }
  if (number !== UPDATED || time < incident.deployedAt) return { version: '1.4.1', since: opened }
  if (time < incident.rolledBackAt) return { version: '1.4.2', since: incident.deployedAt }
  return { version: '1.4.1', since: incident.rolledBackAt }
}

/** How bad it is at a time, from 0 to 1. The locks pile up within a minute, and are gone with the release. */
export function severityAt(time: number, { deployedAt, rolledBackAt }: Incident): number {
  if (time < deployedAt || time >= rolledBackAt) return 0
  return Math.min(1, (time - deployedAt) / MINUTE)
}
