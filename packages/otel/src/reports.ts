import {
  createPrinter,
  createSecrets,
  type FaultReporter,
  type Outlets,
  type Printer,
} from '@sightline/core/telemetry'
import type { DeliveryNotice } from '@sightline/delivery'

/** Reports telemetry events to the operator, in the log of a Sightline. */
export interface Reports {
  /** Uses this Sightline's log, if it is the first. */
  attach(outlets: Outlets): void
  notice(notice: DeliveryNotice): void
  readonly fault: FaultReporter
  /** Name and version of the first Sightline. */
  readonly service: string | undefined
  readonly version: string | undefined
  /** The printer of the first Sightline. Before that, one with the default secret names. */
  readonly printer: Printer
}

/** Maximum number of messages kept until the first Sightline exists. */
const MAX_WAITING = 20

/** Creates the reports of a process. */
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
