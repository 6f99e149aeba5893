import { performance } from 'node:perf_hooks'

import { collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client'

const LONGEST_TIMER = 2 ** 31 - 1

// What is measured here belongs to the process, so all that live in it share one measurement.
let shared: Registry | undefined

/**
 * The metrics of the process and of the JavaScript runtime, under prom-client's names: `process_*` and `nodejs_*`.
 * Measuring starts with the first call.
 */
export function runtimeRegistry(): Registry {
  if (shared === undefined) {
    shared = new Registry()
    // The client samples utilisation ten times a second into two metrics whose names promtool objects to. One gauge says
    // the same, and is measured only when somebody asks: so the client's interval is as long as a timer can be.
    collectDefaultMetrics({ register: shared, eventLoopUtilizationTimeout: LONGEST_TIMER })
    shared.removeSingleMetric('nodejs_eventloop_utilization_summary')
    shared.removeSingleMetric('nodejs_eventloop_utilization_histogram')
    addEventLoopUtilization(shared)
  }
  return shared
}

function addEventLoopUtilization(registry: Registry): void {
  let before = performance.eventLoopUtilization()
  const gauge = new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of the time since the last scrape in which the event loop was busy, from 0 to 1.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization()
      gauge.set(performance.eventLoopUtilization(now, before).utilization)
      before = now
    },
  })
}
