import type { Destination } from '@sightline/core'

import type { TelemetryOptions } from './options.ts'
import { settingsFrom } from './settings.ts'
import { runningTelemetry } from './telemetry.ts'

/**
 * Sends the traces, metrics and logs of a Sightline to a collector by OTLP. Traces belong to the process, so there is one
 * telemetry for it: where it runs already, as after `startTelemetry` or `@sightline/otel/register`, the Sightline is attached
 * to that one, and these options are not used. Otherwise it is started with the Sightline, and ends with the last one that is
 * attached.
 *
 * @throws {TypeError} where an option or a variable is wrong: one sentence that says what is allowed
 * @example
 * createSightline({ destinations: [otel({ endpoint: 'http://collector:4318' })] })
 */
export function otel(options: Omit<TelemetryOptions, 'sightlines'> = {}): Destination {
  const settings = settingsFrom(options, process.env)
  return {
    name: 'otel',
    attach(taps) {
      if (!settings.disabled) runningTelemetry(settings, options.spool).attach(taps)
    },
  }
}
