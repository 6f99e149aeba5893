import type { FaultReporter, Taps } from '@sightline/core/telemetry'
import type { Delivery } from '@sightline/delivery'
import { createMetricEncoder, type Encoding, type Scope } from '@sightline/otlp'

import { readScrape } from '../metrics/exposition.ts'
import { familyOf } from '../metrics/families.ts'

/** What belongs to the process is the same in each of its Sightlines. */
const OF_PROCESS = /^(?:process|nodejs)_/

/** When the process began to count. */
const START_TIME = performance.timeOrigin

/** Reads metrics from time to time. */
export interface MetricsExport {
  add(taps: Taps): void
  remove(taps: Taps): void
  /** Reads and hands over now. */
  read(): Promise<void>
  stop(): void
}

export interface MetricsExportSetup {
  readonly encoding: Encoding
  readonly valueLimit: number | undefined
  /** Milliseconds between two readings. */
  readonly interval: number
  readonly fault: FaultReporter
}

/** Hands the metrics of all Sightlines over as OTLP: cumulative, as they stand at each reading. */
export function otlpMetrics(delivery: Delivery, setup: MetricsExportSetup): MetricsExport {
  const { interval, fault } = setup
  const encode = createMetricEncoder(setup)
  let sources: ReadonlyArray<{ readonly taps: Taps; readonly scope: Scope }> = []
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined

  async function readAll(): Promise<void> {
    for (const [index, { taps, scope }] of sources.entries()) {
      const time = Date.now()
      for (const family of await readScrape(await taps.metrics.text('openmetrics'))) {
        if (index > 0 && OF_PROCESS.test(family.name)) continue
        for (const { entry, points } of encode(familyOf(family, START_TIME), time, scope))
          delivery.push(entry, { count: points })
      }
    }
  }

  /** One at a time: a reading takes turns with everything else. */
  function read(): Promise<void> {
    reading ??= readAll()
      .catch((error: unknown) => fault('the export of metrics', error))
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  return {
    add(taps) {
      const { service } = taps
      const others = sources.length > 0 ? { attributes: { 'service.name': service } } : {}
      sources = [...sources, { taps, scope: { name: '@sightline/core', ...others } }]
      timer ??= setInterval(() => void read(), interval).unref()
    },
    remove(taps) {
      sources = sources.filter((source) => source.taps !== taps)
    },
    read,
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}
