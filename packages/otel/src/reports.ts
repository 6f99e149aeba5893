import type { Masking } from '@sightline/core'
import { createPrinter, createSecrets, type FaultReporter, type Taps } from '@sightline/core/telemetry'
import type { DeliveryNotice } from '@sightline/delivery'

/** Reports telemetry events to the operator, in the log of a Sightline. */
export interface Reports {
  /** Uses this Sightline's log, if it is the first. */
  attach(taps: Taps): void
  notice(notice: DeliveryNotice): void
  readonly fault: FaultReporter
  /** Name and version of the first Sightline. */
  readonly service: string | undefined
  readonly version: string | undefined
  /** The printer of the first Sightline. Before that, one with the default secret names. */
  readonly printer: Masking
}

/** Maximum number of messages kept until the first Sightline exists. */
const MAX_WAITING = 20

/** Creates the reports of a process. */
export function createReports(): Reports {
  const byDefault = createPrinter(createSecrets([]))
  let first: Taps | undefined
  const waiting: Array<(taps: Taps) => void> = []

  function tell(work: (taps: Taps) => void): void {
    if (first) work(first)
    else if (waiting.length < MAX_WAITING) waiting.push(work)
  }

  return {
    attach(taps) {
      if (first) return
      first = taps
      for (const work of waiting.splice(0)) work(taps)
    },
    notice: ({ level, fields, message }) => tell(({ log }) => log[level](fields, message)),
    fault: (source, error) => tell(({ fault }) => fault(source, error)),
    get service() {
      return first?.service
    },
    get version() {
      return first?.version
    },
    get printer() {
      return first?.printer ?? byDefault
    },
  }
}
