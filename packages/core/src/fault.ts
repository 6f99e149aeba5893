import type { Printer } from './log/printer.ts'
import { type Family, labelText } from './metrics/exposition.ts'
import { CounterInstrument, OVERFLOW } from './metrics/instruments.ts'

/** Tells of a fault of Sightline's own, or of a function that the user has handed to it. */
export type FaultReporter = (source: string, error: unknown) => void

/** Faults as they are told and counted. */
export interface Faults {
  readonly fault: FaultReporter
  /** How many there were of each source. */
  readonly family: Family
}

/** Bounds what an endless variety of sources can make us remember. */
const REMEMBERED_SOURCES = 100

/** What fails while a scrape is written is counted in that scrape. */
class FaultCounter extends CounterInstrument {
  override now(): Family {
    return this
  }
}

/**
 * Makes a reporter that writes one warning for each source: the first fault tells what is wrong, the thousandth nothing
 * more but a higher count. Never throws.
 */
export function createFaults(warn: (fields: object, message: string) => void, printer: Printer): Faults {
  const family = new FaultCounter(
    'sightline_faults_total',
    'Failures of Sightline, or of functions that were handed to it. The first of each source is in the log.',
    REMEMBERED_SOURCES,
  )
  const seen = new Set<string>()
  return {
    family,
    fault(source, error) {
      const count = family.at(labelText({ source })) ?? family.at(labelText({ source: OVERFLOW }), true)
      if (count) count.value++
      if (seen.has(source) || seen.size >= REMEMBERED_SOURCES) return
      seen.add(source)
      try {
        warn(
          { err: printer.value(error) },
          `sightline: ${source} failed; further failures of it are not logged`,
        )
      } catch {
        // The log itself is what fails: there is nowhere left to say so.
      }
    },
  }
}
