import { collectDefaultMetrics, Registry } from '@prometheus-io/client'

// What is measured here belongs to the process, so all that live in it share one measurement.
let shared: Registry | undefined

/**
 * The metrics of the process and of the JavaScript runtime, under prom-client's names: `process_*` and `nodejs_*`.
 * Measuring starts with the first call.
 */
export function runtimeRegistry(): Registry {
  if (shared === undefined) {
    shared = new Registry()
    collectDefaultMetrics({ register: shared })
  }
  return shared
}
