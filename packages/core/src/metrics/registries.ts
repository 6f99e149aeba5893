import { performance } from 'node:perf_hooks'

import type { FaultReporter } from '../fault.ts'
import {
  type Across,
  type ExpositionFormat,
  type Family,
  type FamilyType,
  labelText,
  numberText,
} from './exposition.ts'
import { nextTurn } from './rendering.ts'

/**
 * A registry of `@prometheus-io/client` or of its predecessor `prom-client`: what the two have in common, so that one
 * scrape can hold what was registered with either.
 */
export interface ClientRegistry {
  getMetricsAsJSON(): Promise<readonly object[]>
}

type ClientLabels = Readonly<Record<string, string | number>>

/** What both clients give for one metric. */
interface ClientMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  /** What the client's own aggregation does across workers. `sum` is what it says where nobody has said anything. */
  readonly aggregator?: string
  readonly values?: readonly ClientValue[]
}

interface ClientValue {
  readonly value: number
  readonly labels?: ClientLabels
  /** The labels that all values of one series have in common: the same object for all of them. */
  readonly sharedLabels?: ClientLabels
  readonly metricName?: string
  readonly exemplar?: {
    readonly labelSet: ClientLabels
    readonly value: number
    /** Seconds since the epoch. */
    readonly timestamp: number
  } | null
}

/** A metric that can be read by itself. The second method, where there is one, spares a copy of all labels. */
interface ReadableMetric extends NamedMetric {
  readonly collect?: unknown
  get(): Promise<ClientMetric> | ClientMetric
  getForPromString?(): Promise<ClientMetric>
}

/** What is registered where its numbers are not asked for. */
interface NamedMetric {
  readonly name?: unknown
  readonly type?: unknown
}

/** What both clients' registries have besides. Neither tells of its default labels in any other way. */
interface ReadableRegistry {
  getMetricsAsArray(): readonly ReadableMetric[]
  readonly _defaultLabels: ClientLabels
}

/** A collector that takes longer is left out: a scrape that it held would be nobody's. */
const COLLECT_MS = 5_000

/** The client's words for what becomes of a gauge across workers. Whoever has said nothing gets each worker's. */
const ACROSS: Readonly<Record<string, Across>> = {
  first: 'same',
  min: 'min',
  max: 'max',
  average: 'average',
}

const TYPES = new Set<string>(['counter', 'gauge', 'histogram', 'summary'])

/**
 * Begins to read a registry. Metrics that have to be collected are, at once and side by side. The others are read in the
 * same turn of the event loop, so that all are of one moment, as long as that takes little; then when it is their turn.
 * What cannot be read is told as a fault and left out.
 *
 * @param until when the turn has been long enough, by `performance.now()`
 */
export function readRegistry(
  registry: ClientRegistry,
  fault: FaultReporter,
  until: number,
): AsyncIterable<Family> {
  if (!isReadable(registry)) return whole(registry, fault)
  const { _defaultLabels: defaults } = registry
  const readings = registry.getMetricsAsArray().map((metric) => {
    const read = () => familyOf(metric, defaults, fault)
    const isBegun = typeof metric.collect === 'function' || performance.now() < until
    const begun = isBegun ? read() : undefined
    return () => begun ?? read()
  })
  return inTurn(readings)
}

/** The names of what is registered, as far as a registry tells them, without asking for numbers. */
export function namesIn(registry: ClientRegistry): Array<Pick<Family, 'name' | 'type'>> {
  if (!isReadable(registry)) return []
  return registry
    .getMetricsAsArray()
    .flatMap(({ name, type }: NamedMetric) =>
      typeof name === 'string' && typeof type === 'string' ? [{ name, type: typeOf({ name, type }) }] : [],
    )
}

async function* inTurn(readings: ReadonlyArray<() => Promise<Family | undefined>>): AsyncGenerator<Family> {
  for (const reading of readings) {
    const family = await reading()
    if (family) yield family
  }
}

async function familyOf(
  metric: ReadableMetric,
  defaults: ClientLabels,
  fault: FaultReporter,
): Promise<Family | undefined> {
  try {
    const read = await inTime(metric.getForPromString?.() ?? metric.get())
    // A big one has taken its time.
    const family = clientFamily(read, defaults, fault)
    if ((read.values?.length ?? 0) > 1_000) await nextTurn()
    return family
  } catch (error) {
    fault('a metric of a registry', error)
    return undefined
  }
}

/** A registry of which no more is known than that it can tell everything at once. */
async function* whole(registry: ClientRegistry, fault: FaultReporter): AsyncGenerator<Family> {
  try {
    // The shape is the same in both clients' types, which name it differently.
    const metrics = (await inTime(registry.getMetricsAsJSON())) as readonly ClientMetric[]
    for (const metric of metrics) yield clientFamily(metric, {}, fault)
  } catch (error) {
    fault('a metrics registry', error)
  }
}

async function inTime<T>(reading: Promise<T> | T): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`it has not been collected within ${COLLECT_MS / 1_000} s, and is left out`)),
    COLLECT_MS,
  ).unref()
  try {
    return await Promise.race([reading, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function isReadable(registry: ClientRegistry): registry is ClientRegistry & ReadableRegistry {
  const { getMetricsAsArray, _defaultLabels } = registry as Partial<ReadableRegistry>
  return typeof getMetricsAsArray === 'function' && typeof _defaultLabels === 'object'
}

function clientFamily(metric: ClientMetric, defaults: ClientLabels, fault: FaultReporter): Family {
  const { name, help, type, aggregator = '' } = metric
  const values = valuesNow(metric, fault)
  const across = type === 'gauge' ? ACROSS[aggregator] : undefined
  return {
    name,
    help,
    type: typeOf(metric),
    ...(across && { across }),
    samples: (format) => samplesOf({ ...metric, values }, defaults, format),
  }
}

/** The values as they are now: those of counters and gauges are the client's own objects, which it goes on to change. */
function valuesNow({ name, values = [] }: ClientMetric, fault: FaultReporter): ClientValue[] {
  const numbers: ClientValue[] = []
  for (const each of values) {
    const { value, exemplar } = each
    // A registry of one's own may hold anything: one line that is no number has a scrape refused as a whole.
    if (typeof value !== 'number')
      fault(`metric ${name}`, new TypeError(`its value is of type ${typeof value}, and is left out`))
    else numbers.push(exemplar ? { ...each, exemplar: { ...exemplar } } : { ...each })
  }
  return numbers
}

/** The runtime's `nodejs_active_handles_total` and its like are gauges whose names only counters may have. */
export function typeOf({ name, type }: Pick<ClientMetric, 'name' | 'type'>): FamilyType {
  return TYPES.has(type) && !(type === 'gauge' && name.endsWith('_total')) ? (type as FamilyType) : 'unknown'
}

function* samplesOf(
  { name, type, values = [] }: ClientMetric,
  defaults: ClientLabels,
  format: ExpositionFormat,
): Iterable<string> {
  const openmetrics = format === 'openmetrics'
  const hasDefaults = Object.keys(defaults).length > 0
  const withDefaults = (labels: ClientLabels) => (hasDefaults ? { ...defaults, ...labels } : labels)
  let last: ClientLabels | undefined
  let lastText = ''
  for (const { metricName = name, labels = {}, sharedLabels, value, exemplar } of values) {
    // OpenMetrics demands the suffix of a counter, whatever its user has called it.
    const sample =
      openmetrics && type === 'counter' && !metricName.endsWith('_total') ? `${metricName}_total` : metricName
    let inside: string
    if (sharedLabels === undefined) inside = labelText(withDefaults(labels))
    else {
      // The buckets of a series follow each other: what they share is written once.
      if (sharedLabels !== last) {
        last = sharedLabels
        lastText = labelText(withDefaults(sharedLabels))
      }
      const own = labelText(labels)
      inside = own === '' || lastText === '' ? own + lastText : `${own},${lastText}`
    }
    let line = `${sample}${inside === '' ? '' : `{${inside}}`} ${numberText(value)}`
    if (openmetrics && exemplar) {
      line += ` # {${labelText(exemplar.labelSet)}} ${numberText(exemplar.value)} ${exemplar.timestamp}`
    }
    yield `${line}\n`
  }
}
