import type { ExpositionFormat } from './exposition.ts'
import type { Family, FamilyType } from './family.ts'

/** What a scrape knows a family by. */
type Named = Pick<Family, 'name' | 'type'>

/** What each format adds to the name of a family for its samples. OpenMetrics keeps `_created` free for all that count. */
const SUFFIXES: Readonly<Record<ExpositionFormat, Readonly<Record<FamilyType, readonly string[]>>>> = {
  prometheus: {
    counter: [],
    gauge: [],
    unknown: [],
    histogram: ['_bucket', '_sum', '_count'],
    summary: ['_sum', '_count'],
  },
  openmetrics: {
    counter: ['_total', '_created'],
    gauge: [],
    unknown: [],
    histogram: ['_bucket', '_sum', '_count', '_created'],
    summary: ['_sum', '_count', '_created'],
  },
}

/** All names that a family takes up in a scrape: that of its head, and those of its samples. */
function namesOf({ name, type }: Named, format: ExpositionFormat): string[] {
  const head = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  return [head, ...SUFFIXES[format][type].map((suffix) => head + suffix)]
}

/**
 * The names that the families of a scrape have taken up. Two families that share one are one series in Prometheus, or a
 * scrape that it refuses as a whole.
 */
export class TakenNames {
  readonly #format: ExpositionFormat
  readonly #owners = new Map<string, string>()

  constructor(format: ExpositionFormat) {
    this.#format = format
  }

  /** The family that has one of the names that this one needs; `undefined`: all of them are free. */
  ownerOf(family: Named): string | undefined {
    for (const name of namesOf(family, this.#format)) {
      const owner = this.#owners.get(name)
      if (owner !== undefined) return owner
    }
    return undefined
  }

  /** Takes the names of a family. Whoever has one of them already keeps it. */
  take(family: Named): void {
    for (const name of namesOf(family, this.#format))
      if (!this.#owners.has(name)) this.#owners.set(name, family.name)
  }
}
