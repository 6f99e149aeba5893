import type { Masking } from '@sightline/core'
import { createPrinter, createSecrets, type FaultReporter, type Taps } from '@sightline/core/telemetry'
import type { DeliveryNotice } from '@sightline/delivery'

/** Tells the operator what happens to telemetry, in the log of a Sightline. */
export interface Reports {
  /** Uses a Sightline's log from now on, if it is the first. */
  attach(taps: Taps): void
  notice(notice: DeliveryNotice): void
  readonly fault: FaultReporter
  /** The name and version of the first Sightline. */
  readonly service: string | undefined
  readonly version: string | undefined
  /** The printer of the first Sightline; before there is one, with the names that are secret by default. */
  readonly printer: Masking
}

/** What is said before there is a Sightline waits for it; more than this is not worth reading. */
const MAX_WAITING = 20

/** Makes the reports of one process. */
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
