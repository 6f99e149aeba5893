import { collectDefaultMetrics, Registry } from '@prometheus-io/client'

import { EventLoopWatch } from './event-loop.ts'

const LONGEST_TIMER = 2 ** 31 - 1

/** What Sightline measures itself: the client's figures are of the scrape as well, or cost ten timers a second. */
const REPLACED = [
  'nodejs_eventloop_utilization_summary',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_lag_seconds',
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
    (name) => `nodejs_eventloop_lag_${name}_seconds`,
  ),
]

/** The metrics of the process and of the JavaScript runtime, under prom-client's names: `process_*` and `nodejs_*`. */
export interface Runtime {
  readonly registry: Registry
  readonly eventLoop: EventLoopWatch
}

// What is measured here belongs to the process, so all that live in it share one measurement.
let shared: Runtime | undefined
const holders = new Set<object>()

/** The measurement of the process. It starts with the first holder, and its timer ends with the last one. */
export function holdRuntime(holder: object): Runtime {
  shared ??= { registry: defaultMetrics(), eventLoop: new EventLoopWatch() }
  holders.add(holder)
  shared.eventLoop.start()
  return shared
}

/** Lets go of the measurement. */
export function releaseRuntime(holder: object): void {
  if (holders.delete(holder) && holders.size === 0) shared?.eventLoop.stop()
}

/**
 * Leaves what is done from now on out of the event loop's figures, if anybody has them measured.
 *
 * @returns ends that
 */
export function pauseEventLoop(): () => void {
  return shared?.eventLoop.pause() ?? (() => {})
}

function defaultMetrics(): Registry {
  const registry = new Registry()
  // The timers of what is replaced cannot be left out, but they can be made to wait for weeks.
  collectDefaultMetrics({
    register: registry,
    eventLoopUtilizationTimeout: LONGEST_TIMER,
    eventLoopMonitoringPrecision: LONGEST_TIMER,
  })
  for (const name of REPLACED) registry.removeSingleMetric(name)
  return registry
}
