import type { NameOwner } from '../business/business.ts'
import type { DurationNaming } from '../options/duration-naming.ts'
import type { ClientRegistry } from '../options/rules.ts'
import type { Family } from '../series/family.ts'
import { HOST_FAMILIES, RUNTIME_FAMILIES } from '../series/measured-families.ts'
import { namesIn } from '../series/registries.ts'
import { TakenNames } from '../series/taken-names.ts'

type Named = Pick<Family, 'name' | 'type'>

export interface NameOwnersSetup {
  /** Whether the process with its runtime, and the machine, are measured. */
  readonly runtime: boolean
  readonly host: boolean
  /** The families of Sightline itself. */
  readonly own: () => Iterable<Named>
  readonly registries: () => Iterable<ClientRegistry>
}

/** Finds the owners of metric names. Used when an instrument is created, never when it is used. */
export class NameOwners {
  readonly #setup: NameOwnersSetup

  constructor(setup: NameOwnersSetup) {
    this.#setup = setup
  }

  /** The owner of a name that the metric needs. `undefined`: all its names are free. */
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
   * Checks that the names of an application's own naming are free.
   *
   * @param others the families besides request metrics
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
