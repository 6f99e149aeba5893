import type { Reading } from '../api/series.ts'
import type { Service } from '../api/shapes.ts'

/** Labels of `target_info` and `service_info` that have the environment, newest convention first. */
const ENVIRONMENT = ['deployment_environment_name', 'deployment_environment', 'env']

/** The environments that series of resources name, in their order by name. */
export function environmentsOf(infos: readonly Reading[]): readonly string[] {
  const names = infos.map(environmentOf).filter((name) => name !== undefined)
  return [...new Set(names)].toSorted((a, b) => a.localeCompare(b, 'en'))
}

/** The services that have an instance in an environment. */
export function inEnvironment(
  services: readonly Service[],
  environment: string | undefined,
  infos: readonly Reading[],
): readonly Service[] {
  if (environment === undefined) return services
  const jobs = new Set(
    infos.filter((info) => environmentOf(info) === environment).map(({ labels }) => labels['job']),
  )
  return services.filter(({ name }) => jobs.has(name))
}

function environmentOf({ labels }: Reading): string | undefined {
  const label = ENVIRONMENT.find((each) => labels[each] !== undefined)
  return label === undefined ? undefined : labels[label]
}
