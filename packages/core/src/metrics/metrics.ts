import { performance } from 'node:perf_hooks'

import { register as globalRegistry, Registry } from '@prometheus-io/client'

import { type BusinessInstruments, businessInstruments } from '../business/business.ts'
import type { ScopeStorage } from '../context/scopes.ts'
import type { Hold } from '../lifecycle/presence.ts'
import type { DurationNaming } from '../options/duration-naming.ts'
import type { ClientRegistry } from '../options/rules.ts'
import { watchFetch } from '../outbound/fetch.ts'
import { watchHttp } from '../outbound/http.ts'
import { outboundMetrics } from '../outbound/metrics.ts'
import { hostFamilies } from '../runtime/host.ts'
import { holdRuntime, releaseRuntime } from '../runtime/runtime.ts'
import type { FaultReporter } from '../seam.ts'
import type { ExpositionFormat } from '../series/exposition.ts'
import { type Family, familyNow } from '../series/family.ts'
import { Instrument, OVERFLOW } from '../series/instruments.ts'
import { distinct, type LeftOut, tellOfLeftOut } from '../series/left-out.ts'
import { readRegistry } from '../series/registries.ts'
import { render, type Rendering, shared } from '../series/rendering.ts'
import { gatherWorkers } from '../workers/gathering.ts'
import { joinWhole } from '../workers/member.ts'
import { classicMetrics } from './classic.ts'
import { NameOwners } from './name-owners.ts'
import { otelMetrics } from './otel.ts'
import { type ConnectionPool, connectionPools } from './pools.ts'
import { renamedMetrics } from './renamed.ts'
import type { RequestMetrics } from './request-metrics.ts'
import { createSelfMetrics } from './self.ts'

/** The metrics of a service: requests, process, and business instruments. */
export interface Metrics extends BusinessInstruments {
  /** The `@prometheus-io/client` registry of the business instruments. You can register more metrics in it. */
  readonly registry: Registry
  /** All metrics as text, as in a scrape. Default format: the Prometheus text format 0.0.4. */
  text(format?: ExpositionFormat): Promise<string>
  /**
   * Measures the connections of a `Pool` of `pg`, or of a client or pool of `redis` or `ioredis`, at each scrape:
   * `db_client_connection_count{state, pool}` and others. A second pool of the same name replaces the first.
   *
   * @throws {TypeError} if the argument is neither
   */
  pool(name: string, pool: ConnectionPool): void
  /**
   * Opens a port for operators, as the option `management` does. Meant for workers, queues and cron jobs without a
   * server. The port does not keep the process alive, and closes with the Sightline. A port in use is retried.
   *
   * @param port 0: any free port
   * @param host default: loopback
   * @returns the address, once it listens, such as `http://127.0.0.1:9464`
   */
  listen(port: number, host?: string): Promise<string>
}

export interface MetricsSetup {
  readonly service: string
  readonly version: string | undefined
  readonly naming: 'classic' | 'otel' | DurationNaming
  readonly buckets: readonly number[]
  readonly maxSeries: number
  readonly runtime: boolean
  readonly host: boolean
  readonly workers: boolean
  readonly outbound: boolean
  readonly registries: readonly ClientRegistry[]
  /** Families of other parts of Sightline. More may be added later. */
  readonly others: readonly Family[]
  readonly storage: ScopeStorage
  readonly fault: FaultReporter
  readonly warn: (message: string) => void
}

/** The metrics of one Sightline as numbers, for packages that export them. */
export interface ExportedMetrics {
  /**
   * All families of this process, with the numbers of one moment. Workers are not included, because they export their
   * own. A family with a name in use is left out, as from an OpenMetrics scrape.
   */
  families(): AsyncIterable<Family>
}

/** Time limit for reading numbers from registries within one turn, in milliseconds. */
const READING_MS = 2

/** The metrics of one Sightline, including the parts for Sightline itself. */
export interface MetricsParts {
  readonly metrics: Omit<Metrics, 'listen'>
  readonly requests: RequestMetrics
  /** The measurement of outbound requests. It runs while it is held. */
  readonly outbound: Hold
  /** Creates the failure counter of a sink at 0. */
  expectSink(sink: string): void
  /** Counts a failure of a sink. */
  sinkFailed(sink: string): void
  readonly exported: ExportedMetrics
  /** A scrape of all metrics. Concurrent scrapes of one format share it. */
  scrape(format: ExpositionFormat): Promise<Rendering>
  /** Stops the measurements for scrapes, and leaves the gathering of workers. */
  close(): Promise<void>
}

/** Makes the metrics of one Sightline. */
export function createMetrics(setup: MetricsSetup): MetricsParts {
  const { naming, fault, maxSeries } = setup
  // The client keeps exemplars only in a registry of this type. The format of a scrape is chosen separately.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  const requests = requestMetrics()
  // A naming of the application applies to its requests only.
  const others = naming === 'otel' ? 'otel' : 'classic'
  const outbound = setup.outbound
    ? outboundMetrics({ ...setup, naming: others, trace: () => setup.storage.getStore()?.trace })
    : undefined
  let unwatch: ReadonlyArray<() => void> = []
  const watched: Hold = {
    take() {
      if (outbound) unwatch = [watchHttp(outbound.listener, fault), watchFetch(outbound.listener, fault)]
    },
    release() {
      for (const end of unwatch) end()
      unwatch = []
    },
  }
  const called = outbound ? [outbound.instrument] : []
  const instruments = () => [
    ...requests.instruments,
    ...called,
    ...setup.others.filter((family) => family instanceof Instrument),
  ]
  const full = new Set<string>()
  /** Warns once that an instrument has reached its limit of label sets. */
  function warnFull(name: string, max = maxSeries): void {
    if (full.has(name)) return
    full.add(name)
    setup.warn(
      `metric ${name} has ${max} label sets, as many as it may have: others are counted in its series ${OVERFLOW}`,
    )
  }
  for (const each of instruments()) each.whenFull = () => warnFull(each.name, each.max)
  const self = createSelfMetrics({
    ...setup,
    instruments,
    businessSeries: () => business.series(),
  })
  function refuse(metric: string): void {
    self.refused(metric)
    warnFull(metric)
  }
  const pools = connectionPools({ ...setup, naming: others, refuse })
  const own = () => [
    ...requests.families(),
    ...called,
    ...pools.families,
    ...self.families,
    business.ratios,
    ...setup.others,
    ...(gathering?.told ?? []),
  ]
  const userRegistries = () => new Set<ClientRegistry>([registry, ...setup.registries, globalRegistry])
  const owners = new NameOwners({ ...setup, own, registries: userRegistries })
  if (typeof naming !== 'string')
    owners.check(naming, [...called, ...pools.families, ...self.families, ...setup.others])
  const business = businessInstruments({
    ...setup,
    registry,
    ownerOf: (family) => owners.of(family),
    refuse,
  })

  function requestMetrics(): RequestMetrics {
    if (naming === 'otel') return otelMetrics(setup)
    return naming === 'classic' ? classicMetrics(setup) : renamedMetrics(naming, { ...setup, registry })
  }

  let closed = false
  async function* ownFamilies(): AsyncGenerator<Family> {
    const runtime = setup.runtime && !closed ? holdRuntime(registry) : undefined
    const resume = runtime?.eventLoop.pause()
    try {
      const registries = userRegistries()
      if (runtime) registries.add(runtime.registry)
      // Taken before the first wait, so that each request is in all series of a scrape or in none.
      const numbers = own().map(familyNow)
      // All readings start before the first wait, so that collectors run in parallel.
      const until = performance.now() + READING_MS
      const read = [...registries].map((each) => readRegistry(each, fault, until))
      const host = setup.host ? hostFamilies() : []
      yield* numbers
      for (const each of read) yield* each
      if (runtime) yield* runtime.eventLoop.families()
      yield* await host
    } finally {
      resume?.()
    }
  }

  const gathering = setup.workers ? gatherWorkers(ownFamilies, fault) : undefined
  const families = gathering?.families ?? ownFamilies
  const member = joinWhole(families, fault)
  const tellLeftOut = tellOfLeftOut(fault)

  async function written(format: ExpositionFormat): Promise<Rendering> {
    const start = performance.now()
    const rendering = await render(families(), format)
    self.scraped(rendering, (performance.now() - start) / 1_000)
    tellLeftOut(rendering.leftOut)
    return rendering
  }

  async function* exportedFamilies(): AsyncGenerator<Family> {
    const leftOut: LeftOut[] = []
    yield* distinct(ownFamilies(), 'openmetrics', leftOut)
    tellLeftOut(leftOut)
  }

  return {
    requests,
    outbound: watched,
    expectSink: self.expectSink,
    sinkFailed: self.sinkFailed,
    scrape: shared((format) => written(format)),
    exported: { families: exportedFamilies },
    async close() {
      await member?.leave()
      gathering?.close()
      closed = true
      releaseRuntime(registry)
    },
    metrics: {
      ...business.instruments,
      pool: pools.add,
      registry,
      text: async (format = 'prometheus') => textOf(await written(format)),
    },
  }
}

function textOf({ pieces }: Rendering): string {
  return pieces.join('')
}
