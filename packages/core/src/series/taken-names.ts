import type { ExpositionFormat } from './exposition.ts'
import type { Family, FamilyType } from './family.ts'

/** The identity of a family in a scrape. */
type Named = Pick<Family, 'name' | 'type'>

/** The suffixes of sample names in each format. OpenMetrics reserves `_created` for all types with counts. */
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

/** All names of a family in a scrape: its head's and its samples'. */
function namesOf({ name, type }: Named, format: ExpositionFormat): string[] {
  const head = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  return [head, ...SUFFIXES[format][type].map((suffix) => head + suffix)]
}

/** The names in use in a scrape. With two families of one name, Prometheus would mix them or reject the scrape. */
export class TakenNames {
  readonly #format: ExpositionFormat
  readonly #owners = new Map<string, string>()

  constructor(format: ExpositionFormat) {
    this.#format = format
  }

  /** The family that already has one of the needed names. `undefined`: all are free. */
  ownerOf(family: Named): string | undefined {
    for (const name of namesOf(family, this.#format)) {
      const owner = this.#owners.get(name)
      if (owner !== undefined) return owner
    }
    return undefined
  }

  /** Takes the names of a family. Names in use keep their owner. */
  take(family: Named): void {
    for (const name of namesOf(family, this.#format))
      if (!this.#owners.has(name)) this.#owners.set(name, family.name)
  }
}
