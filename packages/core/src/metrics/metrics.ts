import { performance } from 'node:perf_hooks'

import { register as globalRegistry, Registry } from '@prometheus-io/client'

import type { FaultReporter } from '../fault.ts'
import type { Hold } from '../lifecycle/presence.ts'
import { watchFetch } from '../outbound/fetch.ts'
import { watchHttp } from '../outbound/http.ts'
import type { ScopeStorage } from '../scopes.ts'
import { gatherWorkers } from '../workers/gathering.ts'
import { joinWhole } from '../workers/member.ts'
import { type BusinessInstruments, businessInstruments } from './business.ts'
import { classicMetrics } from './classic.ts'
import type { DurationNaming } from './duration-naming.ts'
import type { ExpositionFormat, Family } from './exposition.ts'
import { hostFamilies } from './host.ts'
import { Instrument } from './instruments.ts'
import { otelMetrics } from './otel.ts'
import { outboundMetrics } from './outbound.ts'
import { type ConnectionPool, connectionPools } from './pools.ts'
import { type ClientRegistry, readRegistry } from './registries.ts'
import { renamedMetrics } from './renamed.ts'
import { render, type Rendering, shared } from './rendering.ts'
import type { RequestMetrics } from './request-metrics.ts'
import { holdRuntime, releaseRuntime } from './runtime.ts'
import { createSelfMetrics } from './self.ts'

/** The metrics of a service: those of its requests, of its process, and its own. */
export interface Metrics extends BusinessInstruments {
  /** The registry of `@prometheus-io/client` in which the business instruments are; more can be registered in it. */
  readonly registry: Registry
  /** Everything, as a scrape sees it. Default format: the Prometheus text format 0.0.4. */
  text(format?: ExpositionFormat): Promise<string>
  /**
   * Measures the connections of a `Pool` of `pg`, or of a client or pool of `redis` or `ioredis`, whenever somebody scrapes:
   * `db_client_connection_count{state, pool}` and the like. The same name again takes the place of the pool before.
   *
   * @throws {TypeError} where it is neither
   */
  pool(name: string, pool: ConnectionPool): void
  /**
   * Answers operators on a port of its own, as the option `management` does: for workers, queues and cron jobs that serve
   * nothing else. It does not hold the process, and ends with the Sightline. A port that is taken is tried again.
   *
   * @param port 0: any that is free
   * @param host default: loopback
   * @returns where it listens, as soon as it does, such as `http://127.0.0.1:9464`
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
  /** Families of other parts of Sightline. There may be more of them by and by. */
  readonly others: readonly Family[]
  readonly storage: ScopeStorage
  readonly fault: FaultReporter
}

/** The metrics of one Sightline, and the parts of them that only Sightline uses. */
export interface MetricsParts {
  readonly metrics: Omit<Metrics, 'listen'>
  readonly requests: RequestMetrics
  /** The requests of this process to others. They are counted while it is held. */
  readonly outbound: Hold
  /** Makes the count of a sink's failures. */
  expectSink(sink: string): void
  /** Counts a sink's failure. */
  sinkFailed(sink: string): void
  /** What this process exports itself, whatever workers it has: they export as well. */
  readonly exported: Pick<Metrics, 'text'>
  /** Everything, as it is sent. Who asks while another's scrape is written shares it. */
  scrape(format: ExpositionFormat): Promise<Rendering>
  /** Lets go of what is measured for scrapes, and leaves the whole that this is a part of. */
  close(): Promise<void>
}

/** Makes the metrics of one Sightline. */
export function createMetrics(setup: MetricsSetup): MetricsParts {
  const { naming, fault } = setup
  // The client keeps exemplars only in a registry of this type; the format of a scrape is settled when it is written.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  const requests = requestMetrics()
  // A naming of the application's own is for its requests.
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
  const self = createSelfMetrics({
    ...setup,
    instruments: () => [
      ...requests.instruments,
      ...called,
      ...setup.others.filter((family) => family instanceof Instrument),
    ],
    businessSeries: () => business.series(),
  })
  const pools = connectionPools({ ...setup, naming: others, refuse: self.refused })
  const own = () => [
    ...requests.families(),
    ...called,
    ...pools.families,
    ...self.families,
    ...setup.others,
    ...(gathering?.told ?? []),
  ]
  const business = businessInstruments({
    ...setup,
    registry,
    isReserved: (name) => own().some((family) => family.name === name),
    refuse: self.refused,
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
      const registries = new Set<ClientRegistry>([registry, ...setup.registries, globalRegistry])
      if (runtime) registries.add(runtime.registry)
      // All of them begin before the first is waited for: what has to be collected is collected side by side.
      const host = setup.host ? hostFamilies() : []
      const read = [...registries].map((each) => readRegistry(each, fault))
      yield* own()
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

  const warned = new Set<string>()
  function warnOf(repeated: readonly string[]): void {
    for (const name of repeated) {
      // The default metrics of both clients are the same measurement: nobody misses the second one.
      if (warned.has(name) || /^(?:process|nodejs)_/.test(name)) continue
      warned.add(name)
      fault(
        `metric ${name}`,
        new Error(
          'two registries hold a metric of this name, and a scrape can show one only: rename one of them',
        ),
      )
    }
  }

  async function written(format: ExpositionFormat, of = families): Promise<Rendering> {
    const start = performance.now()
    const rendering = await render(of(), format)
    self.scraped(rendering, (performance.now() - start) / 1_000)
    warnOf(rendering.repeated)
    return rendering
  }

  return {
    requests,
    outbound: watched,
    expectSink: self.expectSink,
    sinkFailed: self.sinkFailed,
    scrape: shared((format) => written(format)),
    exported: { text: async (format = 'prometheus') => textOf(await written(format, ownFamilies)) },
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
