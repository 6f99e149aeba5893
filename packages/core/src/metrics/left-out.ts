import type { FaultReporter } from '../fault.ts'
import { isOfRuntime } from './measured-families.ts'

/** A family that is not in a scrape, because another one has its names. */
export interface LeftOut {
  readonly name: string
  /** The family that was there before. */
  readonly owner: string
  /** Whether it is left out of this format, or only of OpenMetrics. */
  readonly here: boolean
}

/** Tells once of each family that is left out of scrapes. */
export function tellOfLeftOut(fault: FaultReporter): (families: readonly LeftOut[]) => void {
  const told = new Set<string>()
  return (families) => {
    for (const { name, owner, here } of families) {
      // The default metrics of both clients are the same measurement: nobody misses the second one.
      if (told.has(name) || (name === owner && isOfRuntime(name))) continue
      told.add(name)
      const where = here ? 'a scrape' : 'a scrape in OpenMetrics, for which Prometheus asks'
      const sentence =
        name === owner
          ? 'two registries hold a metric of this name, and a scrape can show one only: rename one of them'
          : `it cannot be told from ${owner} in ${where}, and is left out of it: rename one of them`
      fault(`metric ${name}`, new Error(sentence))
    }
  }
}
