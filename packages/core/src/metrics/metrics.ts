import { register as globalRegistry, Registry } from '@prometheus-io/client'

import type { FaultReporter } from '../fault.ts'
import type { ScopeStorage } from '../scopes.ts'
import { type BusinessInstruments, businessInstruments } from './business.ts'
import { classicMetrics } from './classic.ts'
import type { DurationNaming } from './duration-naming.ts'
import { type ExpositionFormat, type Family, labelText } from './exposition.ts'
import { CounterInstrument } from './instruments.ts'
import { otelMetrics } from './otel.ts'
import { type ClientRegistry, familiesOf, writeFamilies } from './registries.ts'
import { renamedMetrics } from './renamed.ts'
import type { RequestMetrics } from './request-metrics.ts'
import { runtimeRegistry } from './runtime.ts'

/** The metrics of a service: those of its requests, of its process, and its own. */
export interface Metrics extends BusinessInstruments {
  /** The registry of `@prometheus-io/client` in which the business instruments are; more can be registered in it. */
  readonly registry: Registry
  /** Everything, as a scrape sees it. Default format: the Prometheus text format 0.0.4. */
  text(format?: ExpositionFormat): Promise<string>
}

export interface MetricsSetup {
  readonly service: string
  readonly version: string | undefined
  readonly naming: 'classic' | 'otel' | DurationNaming
  readonly buckets: readonly number[]
  readonly maxSeries: number
  readonly runtime: boolean
  readonly registries: readonly ClientRegistry[]
  /** Families of other parts of Sightline. There may be more of them by and by. */
  readonly others: readonly Family[]
  readonly storage: ScopeStorage
  readonly fault: FaultReporter
}

/** The metrics of one Sightline, and the parts of them that only Sightline uses. */
export interface MetricsParts {
  readonly metrics: Metrics
  /** Absent where metrics are switched off. */
  readonly requests: RequestMetrics
  /** Counts a sink's failure. */
  sinkFailed(sink: string): void
  /** Writes a scrape in pieces. */
  write(format: ExpositionFormat, write: (text: string) => void): Promise<void>
}

/** Makes the metrics of one Sightline. */
export function createMetrics(setup: MetricsSetup): MetricsParts {
  const { service, version, maxSeries, naming, fault } = setup
  // The client keeps exemplars only in a registry of this type; the format of a scrape is settled when it is written.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  const requests = requestMetrics()

  const refused = new Map<string, number>()
  const sinkErrors = new CounterInstrument(
    'sightline_sink_errors_total',
    'Records that a sink has failed to take.',
    maxSeries,
  )
  const own: Family[] = [
    {
      name: 'service_info',
      help: 'What runs here. Always 1.',
      type: 'gauge',
      samples: () => [
        `service_info{${labelText({ service, version: version ?? '', node: process.version })}} 1\n`,
      ],
    },
    {
      name: 'sightline_series_refused_total',
      help: 'Observations that ended in an overflow series, because their instrument has as many label sets as it may have.',
      type: 'counter',
      *samples() {
        for (const { name, refused: count } of requests.instruments) if (count > 0) refused.set(name, count)
        for (const [metric, count] of refused)
          yield `sightline_series_refused_total{${labelText({ metric })}} ${count}\n`
      },
    },
    sinkErrors,
  ]
  const ownNames = new Set([...requests.families(), ...own, ...setup.others].map((family) => family.name))

  const business = businessInstruments({
    ...setup,
    registry,
    isReserved: (name) => ownNames.has(name),
    refuse: (instrument) => void refused.set(instrument, (refused.get(instrument) ?? 0) + 1),
  })

  function requestMetrics(): RequestMetrics {
    if (naming === 'otel') return otelMetrics(setup)
    return naming === 'classic' ? classicMetrics(setup) : renamedMetrics(naming, { ...setup, registry })
  }

  async function families(): Promise<Family[]> {
    const registries = new Set<ClientRegistry>([registry, ...setup.registries, globalRegistry])
    if (setup.runtime) registries.add(runtimeRegistry())
    const read = await Promise.all(
      [...registries].map((each) =>
        familiesOf(each).catch((error: unknown) => {
          fault('a metrics registry', error)
          return []
        }),
      ),
    )
    return [...requests.families(), ...own, ...setup.others, ...read.flat()]
  }

  const warned = new Set<string>()
  async function write(format: ExpositionFormat, out: (text: string) => void): Promise<void> {
    const repeated = await writeFamilies(await families(), format, out)
    for (const name of repeated) {
      if (warned.has(name)) continue
      warned.add(name)
      // The default metrics of both clients are the same measurement: nobody misses the second one.
      if (!/^(?:process|nodejs)_/.test(name)) {
        fault(
          `metric ${name}`,
          new Error(
            'two registries hold a metric of this name, and a scrape can show one only: rename one of them',
          ),
        )
      }
    }
  }

  return {
    requests,
    sinkFailed(sink) {
      const count = sinkErrors.at(labelText({ sink }))
      if (count) count.value++
    },
    write,
    metrics: {
      ...business,
      registry,
      async text(format = 'prometheus') {
        let text = ''
        await write(format, (piece) => {
          text += piece
        })
        return text
      },
    },
  }
}
