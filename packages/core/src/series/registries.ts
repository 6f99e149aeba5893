import { performance } from 'node:perf_hooks'

import type { ClientRegistry } from '../options/rules.ts'
import type { FaultReporter } from '../seam.ts'
import { clientFamily, typeOf } from './client-family.ts'
import type { ClientLabels, ClientMetric } from './client-metric.ts'
import type { Family } from './family.ts'
import { nextTurn } from './rendering.ts'

/** A metric that can be read on its own. The second method, if it exists, saves a copy of all labels. */
interface ReadableMetric extends NamedMetric {
  readonly collect?: unknown
  get(): Promise<ClientMetric> | ClientMetric
  getForPromString?(): Promise<ClientMetric>
}

/** A registered metric, seen by its name only. */
interface NamedMetric {
  readonly name?: unknown
  readonly type?: unknown
}

/** The further methods of both clients' registries. There is no other way to read their default labels. */
interface ReadableRegistry {
  getMetricsAsArray(): readonly ReadableMetric[]
  readonly _defaultLabels: ClientLabels
}

/** Time limit of a collector. A slower one is left out, because the scraper would time out. */
const COLLECT_MS = 5_000

/** The first metrics of a registry are read in one turn of the event loop, however long that takes. */
const AT_ONCE = 16

/**
 * Starts to read a registry. Metrics with collectors are collected at once, in parallel. The others are read in the
 * same turn of the event loop, so that all numbers belong to one moment. After `until`, only the first {@link AT_ONCE}
 * are: later ones are read when they are written. Unreadable metrics are reported as faults and left out.
 *
 * @param until end of the reading time of this turn, by `performance.now()`
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

/** The names of registered metrics, as far as the registry lists them. Does not read any numbers. */
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
    // Converting a large metric has taken time.
    const family = clientFamily(read, defaults, fault)
    if ((read.values?.length ?? 0) > 1_000) await nextTurn()
    return family
  } catch (error) {
    fault('a metric of a registry', error)
    return undefined
  }
}

/** A registry that can only be read as a whole. */
async function* whole(registry: ClientRegistry, fault: FaultReporter): AsyncGenerator<Family> {
  try {
    // Both clients have the same form under different type names.
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
