import type { Family, NumberSeries } from '../series/family.ts'
import {
  CounterInstrument,
  GaugeInstrument,
  HistogramInstrument,
  type Instrument,
} from '../series/instruments.ts'
import { labelled, labelText } from '../series/labels.ts'
import type { Rendering } from '../series/rendering.ts'

const SCRAPE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export interface SelfMetricsSetup {
  readonly service: string
  readonly version: string | undefined
  readonly maxSeries: number
  /** The instruments whose series are counted. */
  readonly instruments: () => ReadonlyArray<Instrument<unknown>>
  /** The number of label sets of each business instrument. */
  readonly businessSeries: () => Iterable<readonly [metric: string, count: number]>
}

/** Sightline's metrics about itself. */
export interface SelfMetrics {
  readonly families: readonly Family[]
  /** Counts an observation beyond the limit of label sets. */
  refused(metric: string): void
  /** Creates the failure counter of a sink at 0, so that the first failure is an increase. */
  expectSink(sink: string): void
  /** Counts a failure of a sink. */
  sinkFailed(sink: string): void
  /** Records a scrape and its duration. */
  scraped(rendering: Rendering, seconds: number): void
}

/** Makes the self metrics of one Sightline. */
export function createSelfMetrics(setup: SelfMetricsSetup): SelfMetrics {
  const { service, version, maxSeries, instruments, businessSeries } = setup
  const refused = new Map<string, number>()
  const sinkErrors = new CounterInstrument(
    'sightline_sink_errors_total',
    'Records that a sink failed to process.',
    maxSeries,
  )
  const durations = new HistogramInstrument(
    'sightline_scrape_duration_seconds',
    'Time to write a scrape, other work of the event loop in between included.',
    1,
    SCRAPE_BUCKETS,
  )
  const lastSize = new GaugeInstrument('sightline_scrape_size_bytes', 'Size of the last scrape.', 1)

  const info: Family = {
    name: 'service_info',
    help: 'The service, its version and its Node.js version. Always 1.',
    type: 'gauge',
    across: 'same',
    series: () => [{ ...labelled({ service, version: version ?? '', node: process.version }), value: 1 }],
  }
  const series: Family = {
    name: 'sightline_series',
    help: 'Label sets of an instrument.',
    type: 'gauge',
    series: () => [
      ...instruments().map(({ name, size }) => ofMetric(name, size)),
      ...Array.from(businessSeries(), ([metric, count]) => ofMetric(metric, count)),
    ],
  }
  const refusals: Family = {
    name: 'sightline_series_refused_total',
    help: 'Observations counted in an overflow series, because their instrument has reached its limit of label sets.',
    type: 'counter',
    series() {
      const counts = new Map(refused)
      for (const { name, refused: count } of instruments()) if (count > 0) counts.set(name, count)
      return Array.from(counts, ([metric, count]) => ofMetric(metric, count))
    },
  }

  function ofMetric(metric: string, value: number): NumberSeries {
    return { ...labelled({ metric }), value }
  }
  const errorsOf = (sink: string) => sinkErrors.at(labelText({ sink }))

  return {
    families: [info, series, refusals, sinkErrors, durations, lastSize],
    refused: (metric) => void refused.set(metric, (refused.get(metric) ?? 0) + 1),
    expectSink: (sink) => void errorsOf(sink),
    sinkFailed(sink) {
      const count = errorsOf(sink)
      if (count) count.value++
    },
    scraped({ bytes }, seconds) {
      durations.at('')?.observe(seconds, undefined)
      const last = lastSize.at('')
      if (last) last.value = bytes
    },
  }
}
