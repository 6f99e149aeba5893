import type { FaultReporter } from '../seam.ts'
import type { ExpositionFormat } from './exposition.ts'
import type { Family } from './family.ts'
import { isOfRuntime } from './measured-families.ts'
import { TakenNames } from './taken-names.ts'

/** A family that is not in a scrape, because another family has its names. */
export interface LeftOut {
  readonly name: string
  /** The earlier family with these names. */
  readonly owner: string
  /** Whether the family is left out of this format, or only of OpenMetrics. */
  readonly here: boolean
}

/** Reports each left out family once. */
export function tellOfLeftOut(fault: FaultReporter): (families: readonly LeftOut[]) => void {
  const told = new Set<string>()
  return (families) => {
    for (const { name, owner, here } of families) {
      // The default metrics of both clients measure the same, so the second one is not missed.
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
 * The families of a scrape without name collisions: each format allows a name once, and the first family keeps it.
 *
 * @param leftOut collects the families that are left out of this format, and of OpenMetrics
 */
export async function* distinct(
  families: AsyncIterable<Family> | Iterable<Family>,
  format: ExpositionFormat,
  leftOut: LeftOut[],
): AsyncGenerator<Family> {
  // The formats add different suffixes, so a collision may exist in one format only.
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
