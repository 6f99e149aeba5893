import { type Registry, Summary } from '@prometheus-io/client'

import type { DurationNaming, DurationSummary, RequestLabels } from '../options/duration-naming.ts'
import { latencyMs } from '../record/latency.ts'
import type { FaultReporter, RequestRecord } from '../seam.ts'
import type { Distribution } from '../series/distribution.ts'
import type { Family } from '../series/family.ts'
import { HistogramInstrument, OVERFLOW } from '../series/instruments.ts'
import { boundedLabel, labelText } from '../series/labels.ts'
import { TakenNames } from '../series/taken-names.ts'
import { classicMetrics } from './classic.ts'
import { type RequestMetrics, type RequestMetricsOptions, statusOf, UNMATCHED } from './request-metrics.ts'

/** Label sets reserved for each route of the application, independent of the common limit. */
const SERIES_PER_ROUTE = 100

export interface RenamedMetricsSetup extends RequestMetricsOptions {
  readonly registry: Registry
  /** Reports a function of the naming that throws. */
  readonly fault: FaultReporter
}

/** One label set and its counts. */
interface Series {
  readonly labels: Record<string, string | number>
  readonly duration: Distribution
}

/**
 * The duration of requests under the names, labels and buckets of existing dashboards. The other metrics of the classic
 * naming are added, as far as their names are free.
 */
export function renamedMetrics(naming: DurationNaming, setup: RenamedMetricsSetup): RequestMetrics {
  const { histogram, summary, labels: sources, transform, counts, stable = false } = naming
  const { maxSeries, fault } = setup
  const classic = classicMetrics(setup)
  const taken = new TakenNames('openmetrics')
  if (histogram) taken.take({ name: histogram.name, type: 'histogram' })
  if (summary) taken.take({ name: summary.name, type: 'summary' })
  const isFree = (family: Pick<Family, 'name' | 'type'>) => taken.ownerOf(family) === undefined

  // Without a histogram in the naming, this instrument only limits the label sets. It is not part of a scrape.
  const durations = new HistogramInstrument(
    histogram?.name ?? summary?.name ?? '',
    histogram?.help ?? 'Duration of requests in seconds.',
    maxSeries,
    histogram?.buckets ?? setup.buckets,
  )
  const instruments = [...classic.instruments.filter(isFree), durations]
  const labelNames = Object.keys(sources)
  const percentiles = summary && clientSummary(summary, labelNames, setup.registry)

  /** Number of label sets of each route of the application. */
  const routes = new Map<string, number>()
  const series = new Map<string, Series>()
  const overflowLabels = Object.fromEntries(labelNames.map((name) => [name, OVERFLOW]))

  // Created when needed, since most services never reach the limit.
  let overflow: Series | undefined
  function overflowSeries(): Series {
    overflow ??= {
      labels: overflowLabels,
      // Reserved label sets are never refused.
      duration: durations.at(labelText(overflowLabels), true) as Distribution,
    }
    return overflow
  }

  function seriesOf(labels: Record<string, string | number>, route: string | undefined): Series {
    const text = labelText(labels)
    const found = series.get(text)
    if (found) return found
    const ofRoute = route === undefined ? undefined : routes.get(route)
    const isReserved = ofRoute !== undefined && ofRoute < SERIES_PER_ROUTE
    const duration = durations.at(text, isReserved)
    if (duration === undefined) return overflowSeries()
    if (route !== undefined && isReserved) routes.set(route, ofRoute + 1)
    const made = { labels, duration }
    series.set(text, made)
    return made
  }

  /** Calls a function of the application. Its result is `undefined` if it throws. */
  function asked<T>(what: string, ask: () => T): T | undefined {
    try {
      return ask()
    } catch (error) {
      fault(`metrics.naming: ${what}`, error)
      return undefined
    }
  }

  function valueOf(name: string, record: RequestRecord): string | number | undefined {
    const source = sources[name]
    if (typeof source === 'function') return asked(`label ${name}`, () => source(record))
    if (source === 'route') return record.route ?? UNMATCHED
    return source === 'status' ? statusOf(record) : record.method
  }

  function labelsOf(record: RequestRecord): Record<string, string | number> {
    const told: RequestLabels = {}
    for (const name of labelNames) told[name] = valueOf(name, record)
    if (transform) asked('transform', () => transform(told, record))
    const labels: Record<string, string | number> = {}
    for (const name of labelNames) {
      const value = told[name] ?? ''
      // For Prometheus, an empty label is the same as a missing one.
      if (value !== '') labels[name] = typeof value === 'string' ? boundedLabel(value) : value
    }
    return labels
  }

  /** The series that counts a request. `undefined`: none. */
  function askedFor(record: RequestRecord): Series | undefined {
    if (counts && asked('counts', () => counts(record)) === false) return undefined
    return seriesOf(labelsOf(record), record.route)
  }

  // Series by route, method and status. Computing labels is most of the cost of a request here.
  const remembered = new Map<string | undefined, Map<string, Map<number, Series | undefined>>>()
  function rememberedFor(record: RequestRecord): Series | undefined {
    const { route, method } = record
    const status = statusOf(record)
    const statuses = remembered.get(route)?.get(method)
    const found = statuses?.get(status)
    if (found !== undefined || statuses?.has(status)) return found
    const settled = askedFor(record)
    // The overflow is not cached, since the limit is meant to bound memory.
    if (settled === undefined || settled !== overflow)
      inner(inner(remembered, route), method).set(status, settled)
    return settled
  }

  const placeOf = stable || isPlain(naming) ? rememberedFor : askedFor

  return {
    ...classic,
    write(record) {
      classic.write(record)
      const place = placeOf(record)
      if (place === undefined) return
      const seconds = latencyMs(record) / 1_000
      place.duration.observe(seconds, record.trace)
      percentiles?.observe(place.labels, seconds)
    },
    know(known) {
      classic.know(known)
      for (const { route } of known) if (!routes.has(route)) routes.set(route, 0)
    },
    families: () => [...[...classic.families()].filter(isFree), ...(histogram ? [durations] : [])],
    instruments,
  }
}

/** Whether the labels depend only on the method, the route and the status. */
function isPlain({ labels, transform, counts }: DurationNaming): boolean {
  return !transform && !counts && Object.values(labels).every((source) => typeof source === 'string')
}

function inner<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let map = maps.get(key)
  if (map === undefined) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}

/** A summary of the client, which a scrape reads from the client's registry. */
function clientSummary(summary: DurationSummary, labelNames: string[], registry: Registry): Summary<string> {
  const {
    name,
    help = 'Duration of requests in seconds.',
    percentiles,
    maxAgeSeconds,
    ageBuckets = 5,
  } = summary
  return new Summary({
    name,
    help,
    labelNames,
    registers: [registry],
    ...(percentiles && { percentiles: [...percentiles] }),
    // With `ageBuckets` alone, the client never drops values, but still uses the memory for it.
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds, ageBuckets }),
  })
}
