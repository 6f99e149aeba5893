import type { Printer } from '../printing/printer.ts'
import type { FaultReporter } from '../seam.ts'
import type { Family, NumberSeries } from '../series/family.ts'
import { CounterInstrument, OVERFLOW } from '../series/instruments.ts'
import { labelText } from '../series/labels.ts'

/** The reporter of Sightline's own faults, and their metric. */
export interface Faults {
  readonly fault: FaultReporter
  /** Counts the faults of each source. */
  readonly family: Family
}

/** Limits memory when sources have endless variety. */
const REMEMBERED_SOURCES = 100

/** Reads its numbers at the moment of the scrape, so a fault during a scrape counts in the same scrape. */
class FaultCounter extends CounterInstrument {
  override series(): Iterable<NumberSeries> {
    const now = () => super.series()
    return { [Symbol.iterator]: () => now()[Symbol.iterator]() }
  }
}

/** Makes a reporter: one warning per source, and a count. The first fault tells all there is to know. Never throws. */
export function createFaults(warn: (fields: object, message: string) => void, printer: Printer): Faults {
  const family = new FaultCounter(
    'sightline_faults_total',
    'Failures of Sightline, or of functions in its options. The first of each source is in the log.',
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
        // The log itself has failed, so no place is left to report to.
      }
    },
  }
}
