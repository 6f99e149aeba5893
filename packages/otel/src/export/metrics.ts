import type { FaultReporter, Taps } from '@sightline/core/telemetry'
import type { Delivery } from '@sightline/delivery'
import { createMetricEncoder, type Encoding, type Scope } from '@sightline/otlp'

import { partsOf } from '../metrics/families.ts'

/** Metrics of the process, the same in each of its Sightlines. */
const OF_PROCESS = /^(?:process|nodejs)_/

/** Start of the process's counters. */
const START_TIME = performance.timeOrigin

/** How long it is worked before others get their turn, in milliseconds. */
const TURN_MS = 1

/** Reads metrics from time to time. */
export interface MetricsExport {
  add(taps: Taps): void
  remove(taps: Taps): void
  /** Reads and exports now. */
  read(): Promise<void>
  stop(): void
}

export interface MetricsExportSetup {
  readonly encoding: Encoding
  readonly valueLimit: number | undefined
  /** Milliseconds between readings. */
  readonly interval: number
  readonly fault: FaultReporter
}

/** Exports the metrics of all Sightlines as OTLP: cumulative, with their values at each reading. */
export function otlpMetrics(delivery: Delivery, setup: MetricsExportSetup): MetricsExport {
  const { interval, fault } = setup
  const encode = createMetricEncoder(setup)
  let sources: ReadonlyArray<{ readonly taps: Taps; readonly scope: Scope }> = []
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined

  async function readAll(): Promise<void> {
    let turnBegan = performance.now()
    for (const [index, { taps, scope }] of sources.entries()) {
      const time = Date.now()
      for await (const family of taps.metrics.families()) {
        if (index > 0 && OF_PROCESS.test(family.name)) continue
        for (const part of partsOf(family, START_TIME)) {
          for (const { entry, points } of encode(part, time, scope)) delivery.push(entry, { count: points })
          if (performance.now() - turnBegan < TURN_MS) continue
          await nextTurn()
          turnBegan = performance.now()
        }
      }
    }
  }

  /** Readings do not overlap, since a reading yields to the event loop. */
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

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
