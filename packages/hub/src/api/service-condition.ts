import type { Condition } from '../store/search.ts'

/**
 * The condition of a service as series have it: `job` is `service.namespace/service.name` where there is a namespace, see
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1. Events have both apart.
 */
export function serviceCondition(job: string): Condition {
  const named = (name: string): Condition => ({ kind: 'field', field: 'service', is: '=', value: name })
  const slash = job.indexOf('/')
  if (slash < 1) return named(job)
  const namespace: Condition = {
    kind: 'field',
    field: 'service.namespace',
    is: '=',
    value: job.slice(0, slash),
  }
  return { kind: 'any', of: [named(job), { kind: 'all', of: [namespace, named(job.slice(slash + 1))] }] }
}
