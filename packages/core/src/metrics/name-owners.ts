import type { NameOwner } from '../business/business.ts'
import type { DurationNaming } from '../options/duration-naming.ts'
import type { ClientRegistry } from '../options/rules.ts'
import type { Family } from '../series/family.ts'
import { HOST_FAMILIES, RUNTIME_FAMILIES } from '../series/measured-families.ts'
import { namesIn } from '../series/registries.ts'
import { TakenNames } from '../series/taken-names.ts'

type Named = Pick<Family, 'name' | 'type'>

export interface NameOwnersSetup {
  /** Whether the process and its runtime are measured, and the machine. */
  readonly runtime: boolean
  readonly host: boolean
  /** What Sightline has itself. */
  readonly own: () => Iterable<Named>
  /** Where the application has metrics. */
  readonly registries: () => Iterable<ClientRegistry>
}

/** Who has the names of a scrape, asked when an instrument is made: never while it is used. */
export class NameOwners {
  readonly #setup: NameOwnersSetup

  constructor(setup: NameOwnersSetup) {
    this.#setup = setup
  }

  /** Whose names a metric would need; `undefined`: all of them are free. */
  of(family: Named): NameOwner | undefined {
    const { own, registries } = this.#setup
    const taken = this.#takenBy(own())
    const ofOurs = taken.ownerOf(family)
    if (ofOurs !== undefined) return { name: ofOurs, isOwn: true }
    for (const each of registries()) for (const known of namesIn(each)) taken.take(known)
    const ofOthers = taken.ownerOf(family)
    return ofOthers === undefined ? undefined : { name: ofOthers, isOwn: false }
  }

  /**
   * Makes sure that a naming of the application's own has names of its own.
   *
   * @param others what there is beside the metrics of requests
   * @throws {TypeError} one sentence
   */
  check({ histogram, summary }: DurationNaming, others: Iterable<Named>): void {
    const taken = this.#takenBy(others)
    const named: Named[] = []
    if (histogram) named.push({ name: histogram.name, type: 'histogram' })
    if (summary) named.push({ name: summary.name, type: 'summary' })
    for (const each of named) {
      const owner = taken.ownerOf(each)
      if (owner !== undefined)
        throw new TypeError(
          `Sightline: option metrics.naming has a ${each.type} ${each.name}, but must have one that a scrape can tell from the metric ${owner}`,
        )
      taken.take(each)
    }
  }

  #takenBy(families: Iterable<Named>): TakenNames {
    const { runtime, host } = this.#setup
    const taken = new TakenNames('openmetrics')
    for (const each of families) taken.take(each)
    if (runtime) for (const each of RUNTIME_FAMILIES) taken.take(each)
    if (host) for (const each of HOST_FAMILIES) taken.take(each)
    return taken
  }
}
