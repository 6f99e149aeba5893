import { boundaries, labelName, metricName, percentiles } from '../business/instrument-config.ts'
import { count, type Requirement, seconds } from '../requirements/requirements.ts'

const WORDS: readonly unknown[] = ['method', 'route', 'status']

/** The requirement for the object form of the option `metrics.naming`. */
export const durationNaming: Requirement = (value) => {
  if (typeof value !== 'object' || value === null) return 'classic, otel or an object with labels'
  // JavaScript code may have passed values of any type.
  const { histogram, summary, labels } = value as Readonly<
    Record<string, Readonly<Record<string, unknown>> | null | undefined>
  >
  const named = [histogram, summary].filter((each) => each !== undefined)
  if (named.length === 0) return 'an object with a histogram or a summary'
  if (!named.every((each) => metricName(each?.name) === undefined))
    return 'an object whose histogram and summary have a name such as http_request_duration_seconds'
  for (const [setting, told, required] of [
    ['histogram.buckets', histogram?.buckets, boundaries],
    ['summary.percentiles', summary?.percentiles, percentiles],
    ['summary.maxAgeSeconds', summary?.maxAgeSeconds, seconds],
    ['summary.ageBuckets', summary?.ageBuckets, count],
  ] as const) {
    const allowed = told === undefined ? undefined : required(told)
    if (allowed !== undefined) return `an object whose ${setting} is ${allowed}`
  }
  if (typeof labels !== 'object' || labels === null) return 'an object with labels'
  for (const [name, source] of Object.entries(labels)) {
    if (labelName(name) !== undefined)
      return `an object without the label ${name}: labels are ${labelName(name)}`
    if (!WORDS.includes(source) && typeof source !== 'function')
      return `an object whose label ${name} is method, route, status or a function of the record`
  }
  return undefined
}
