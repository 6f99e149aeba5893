import type { StoredSpan } from '../../store/events.ts'
import { jobOf } from '../../store/job.ts'
import { groupOf } from '../views/groups.ts'
import { type Json, textOf } from '../views/json.ts'
import { durationOf, extentOf, quantileOf } from './durations.ts'
import type { Trace } from './kindred.ts'

const MOST_SPANS = 50
const MOST_VERSIONS = 10

/** Traces by the version of one of their services: the one of `first` first, then by their number. */
export function profilesByVersion(traces: readonly Trace[], service: string, first: string): Json {
  const found = Map.groupBy(traces, (spans) => versionOf(spans, service))
  // Traces that do not touch the service say nothing of its versions.
  found.delete(undefined)
  return [...found]
    .toSorted(
      ([a, own], [b, others]) => Number(b === first) - Number(a === first) || others.length - own.length,
    )
    .slice(0, MOST_VERSIONS)
    .map(([version = '', own]) => ({ version, ...profileOf(own) }))
}

/** The version of a service in a trace: of its longest span. `undefined` where it has no span. */
export function versionOf(spans: Trace, service: string): string | undefined {
  let longest: StoredSpan | undefined
  for (const span of spans)
    if (serviceOf(span) === service && (!longest || durationOf(span) > durationOf(longest))) longest = span
  return longest && textOf(longest.resource.attributes, 'service.version')
}

export function serviceOf({ resource }: StoredSpan): string {
  return jobOf(resource.attributes)
}

/** How traces are: their durations, and their spans by service and name, of which those that take most time are told. */
function profileOf(traces: readonly Trace[]): { readonly [key: string]: Json } {
  const groups = new Map<string, { service: string; name: string; durations: number[]; total: number }>()
  for (const spans of traces)
    for (const span of spans) {
      const service = serviceOf(span)
      const key = `${service}\u0000${span.name}`
      const group = groupOf(groups, key, () => ({ service, name: span.name, durations: [], total: 0 }))
      const duration = durationOf(span)
      group.durations.push(duration)
      group.total += duration
    }
  const failed = traces.filter((spans) => spans.some(({ statusCode }) => statusCode === 2)).length
  return {
    traces: traces.length,
    errorRatio: failed / traces.length,
    ...quantilesOf(traces.map(extentOf)),
    spans: [...groups.values()]
      .toSorted((a, b) => b.total - a.total)
      .slice(0, MOST_SPANS)
      .map(({ service, name, durations }) => ({
        service,
        name,
        perTrace: durations.length / traces.length,
        ...quantilesOf(durations),
      })),
  }
}

/** Nanoseconds as text. */
function quantilesOf(durations: readonly number[]): { readonly p50: string; readonly p95: string } {
  const sorted = durations.toSorted((a, b) => a - b)
  return { p50: String(quantileOf(sorted, 0.5)), p95: String(quantileOf(sorted, 0.95)) }
}
