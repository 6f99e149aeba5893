import { performance } from 'node:perf_hooks'

import type { ClientRegistry } from '../options/rules.ts'
import type { FaultReporter } from '../seam.ts'
import { clientFamily, typeOf } from './client-family.ts'
import type { ClientLabels, ClientMetric } from './client-metric.ts'
import type { Family } from './family.ts'
import { nextTurn } from './rendering.ts'

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

/** The first metrics of a registry are read in one turn of the event loop, however long that takes. */
const AT_ONCE = 16

/**
 * Begins to read a registry. Metrics with a `collect` function are collected at once and side by side. The other metrics are read
 * in the same turn of the event loop, so that all values belong to one moment. Beyond the first {@link AT_ONCE} metrics, this holds
 * until the time limit; later metrics are read in turns of their own. A metric that cannot be read is reported as a fault and left
 * out.
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
  const readings = registry.getMetricsAsArray().map((metric, index) => {
    const read = () => familyOf(metric, defaults, fault)
    const isBegun = typeof metric.collect === 'function' || index < AT_ONCE || performance.now() < until
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
