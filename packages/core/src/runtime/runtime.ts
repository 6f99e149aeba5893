import { collectDefaultMetrics, Registry } from '@prometheus-io/client'

import { EventLoopWatch } from './event-loop.ts'

const LONGEST_TIMER = 2 ** 31 - 1

/**
 * prom-client's metrics that Sightline replaces: their values include the scrape itself, or cost ten timers a
 * second.
 */
const REPLACED = [
  'nodejs_eventloop_utilization_summary',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_lag_seconds',
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
    (name) => `nodejs_eventloop_lag_${name}_seconds`,
  ),
]

/** The metrics of the process and the JavaScript runtime, under prom-client's names: `process_*` and `nodejs_*`. */
export interface Runtime {
  readonly registry: Registry
  readonly eventLoop: EventLoopWatch
}

// One measurement per process, shared by all Sightlines.
let shared: Runtime | undefined
const holders = new Set<object>()

/** The measurement of the process. It starts with the first holder, and its timer stops with the last. */
export function holdRuntime(holder: object): Runtime {
  shared ??= { registry: defaultMetrics(), eventLoop: new EventLoopWatch() }
  holders.add(holder)
  shared.eventLoop.start()
  return shared
}

export function releaseRuntime(holder: object): void {
  if (holders.delete(holder) && holders.size === 0) shared?.eventLoop.stop()
}

/**
 * Excludes the following work from the event loop metrics, if they are measured.
 *
 * @returns ends the exclusion
 */
export function pauseEventLoop(): () => void {
  return shared?.eventLoop.pause() ?? (() => {})
}

function defaultMetrics(): Registry {
  const registry = new Registry()
  // The timers of the replaced metrics cannot be disabled, but their interval can be weeks.
  collectDefaultMetrics({
    register: registry,
    eventLoopUtilizationTimeout: LONGEST_TIMER,
    eventLoopMonitoringPrecision: LONGEST_TIMER,
  })
  for (const name of REPLACED) registry.removeSingleMetric(name)
  return registry
}
