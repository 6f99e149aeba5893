import type { Printer } from '../printing/printer.ts'
import type { FaultReporter } from '../seam.ts'
import type { Family, NumberSeries } from '../series/family.ts'
import { CounterInstrument, OVERFLOW } from '../series/instruments.ts'
import { labelText } from '../series/labels.ts'

/** Faults as they are told and counted. */
export interface Faults {
  readonly fault: FaultReporter
  /** How many there were of each source. */
  readonly family: Family
}

/** Bounds what an endless variety of sources can make us remember. */
const REMEMBERED_SOURCES = 100

/** A fault while a scrape is written is counted in that scrape: the numbers are those of the moment in which they are read. */
class FaultCounter extends CounterInstrument {
  override series(): Iterable<NumberSeries> {
    const now = () => super.series()
    return { [Symbol.iterator]: () => now()[Symbol.iterator]() }
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
