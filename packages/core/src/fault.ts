import type { Printer } from './log/printer.ts'

/** Tells of a fault of Sightline's own, or of a function that the user has handed to it. */
export type FaultReporter = (source: string, error: unknown) => void

/** Bounds what an endless variety of sources can make us remember. */
const REMEMBERED_SOURCES = 100

/**
 * Makes a reporter that writes one warning for each source: the first fault tells what is wrong, the thousandth nothing
 * more. Never throws.
 */
export function faultReporter(
  warn: (fields: object, message: string) => void,
  printer: Printer,
): FaultReporter {
  const seen = new Set<string>()
  return (source, error) => {
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
  }
}
