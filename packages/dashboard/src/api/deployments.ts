import { type ReadonlySignal, useComputed } from '@preact/signals'

import type { Mark } from '../charts/types.ts'
import { type Lines, useLines } from './series.ts'

/** A version of a service that began to run beside another one, or in its place. */
export interface Deployment {
  /** Milliseconds since 1970: the first moment of the grid that has the version. */
  readonly time: number
  readonly service: string
  readonly version: string
  /** A version that ran until then. */
  readonly replaced: string
}

/** Versions of services that run, from OpenTelemetry's resources and from scrapes of the kit. */
const VERSIONS = (matcher: string) =>
  `count by (job, version) (label_replace(target_info{service_version!=""${matcher}}, "version", "$1", "service_version", "(.+)") or service_info{version!=""${matcher}})`

/** The deployments of all services, or of one, in the time of the page. */
export function useDeployed(service?: string): ReadonlySignal<readonly Deployment[]> {
  const { answer } = useLines(() => VERSIONS(service === undefined ? '' : `, job=${JSON.stringify(service)}`))
  const lines = useComputed(() => answer.value.value)
  return useComputed(() => deploymentsOf(lines.value))
}

/** The same as marks of charts. */
export function useDeployments(service?: string): ReadonlySignal<readonly Mark[]> {
  const deployed = useDeployed(service)
  return useComputed(() => deployed.value.map(markOf))
}

/** A deployment as a mark of charts. */
export const markOf = ({ time, service, version }: Deployment): Mark => ({
  time,
  text: `${service} ${version}`,
  kind: 'deploy',
})

/** Finds where versions of services begin while another one runs. The first version of a service is none. */
export function deploymentsOf(versions: Lines | undefined): readonly Deployment[] {
  if (versions === undefined) return []
  const { grid, lines } = versions
  return lines
    .flatMap(({ labels: { job: service = '', version = '' }, values }) => {
      const others = lines.filter(({ labels }) => labels['job'] === service && labels['version'] !== version)
      const found: Deployment[] = []
      for (let n = 1; n < grid.count; n++) {
        if ((values[n] ?? null) === null || (values[n - 1] ?? null) !== null) continue
        const before = others.find((other) => (other.values[n - 1] ?? null) !== null)
        if (before === undefined) continue
        const replaced = before.labels['version'] ?? ''
        found.push({ time: grid.start + n * grid.step, service, version, replaced })
      }
      return found
    })
    .toSorted((a, b) => a.time - b.time)
}
