import type { DeliveryNotice } from '@sightline/core/delivery'
import {
  createPrinter,
  createSecrets,
  type FaultReporter,
  type Outlets,
  type Printer,
} from '@sightline/core/telemetry'

/** Tells the operator what happens to telemetry, in the log of a Sightline. */
export interface Reports {
  /** Uses a Sightline's log from now on, if it is the first. */
  attach(outlets: Outlets): void
  notice(notice: DeliveryNotice): void
  readonly fault: FaultReporter
  /** The name and version of the first Sightline. */
  readonly service: string | undefined
  readonly version: string | undefined
  /** The printer of the first Sightline; before there is one, with the names that are secret by default. */
  readonly printer: Printer
}

/** What is said before there is a Sightline waits for it; more than this is not worth reading. */
const MAX_WAITING = 20

/** Makes the reports of one process. */
export function createReports(): Reports {
  const byDefault = createPrinter(createSecrets([]))
  let first: Outlets | undefined
  const waiting: Array<(outlets: Outlets) => void> = []

  function tell(work: (outlets: Outlets) => void): void {
    if (first) work(first)
    else if (waiting.length < MAX_WAITING) waiting.push(work)
  }

  return {
    attach(outlets) {
      if (first) return
      first = outlets
      for (const work of waiting.splice(0)) work(outlets)
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
