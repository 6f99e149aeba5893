import type { FaultReporter } from '../seam.ts'
import type { ExpositionFormat } from './exposition.ts'
import type { Family } from './family.ts'
import { isOfRuntime } from './measured-families.ts'
import { TakenNames } from './taken-names.ts'

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

/**
 * The families that a scrape can tell apart: each format allows a name once. The first family keeps its names.
 *
 * @param leftOut gets those that are left out of this format, and of OpenMetrics
 */
export async function* distinct(
  families: AsyncIterable<Family> | Iterable<Family>,
  format: ExpositionFormat,
  leftOut: LeftOut[],
): AsyncGenerator<Family> {
  // Each format adds other things to names: what one of them can tell apart, another may not.
  const openmetrics = new TakenNames('openmetrics')
  const taken = format === 'openmetrics' ? openmetrics : new TakenNames(format)
  for await (const family of families) {
    const { name } = family
    const owner = taken.ownerOf(family)
    if (owner !== undefined) {
      leftOut.push({ name, owner, here: true })
      continue
    }
    taken.take(family)
    if (taken !== openmetrics) {
      const there = openmetrics.ownerOf(family)
      if (there === undefined) openmetrics.take(family)
      else leftOut.push({ name, owner: there, here: false })
    }
    yield family
  }
}
