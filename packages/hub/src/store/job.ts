/**
 * The name of a service as series have it in `job`: `service.namespace/service.name` where there is a namespace, see
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1. Empty without a name.
 */
export function jobOf(attributes: Readonly<Record<string, unknown>>): string {
  const name = textOf(attributes['service.name'])
  const namespace = textOf(attributes['service.namespace'])
  return namespace === '' || name === '' ? name : `${namespace}/${name}`
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : ''
}

/** The name of a job without its namespace, by which a service is found, too. */
export function withoutNamespace(job: string): string {
  return job.slice(job.indexOf('/') + 1)
}
