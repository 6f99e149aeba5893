import type { HealthStatus } from './check.ts'

/** How many outcomes in a row it takes to change a mind. */
export interface Patience {
  readonly failAfter: number
  readonly recoverAfter: number
}

/**
 * What is believed of something that is looked at again and again. The first look decides; afterwards only enough of the
 * same in a row do. Degraded things work: between that and healthy nothing has to be repeated.
 */
export class Verdict {
  readonly #patience: Patience
  #believed: HealthStatus | undefined = undefined
  #inARow = 0

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Takes in how it was this time. Returns what is believed now. */
  hear(status: HealthStatus): HealthStatus {
    const failed = status === 'unhealthy'
    const { failAfter, recoverAfter } = this.#patience
    const before = this.#believed ?? status
    const contradicts = (before === 'unhealthy') !== failed
    if (contradicts && ++this.#inARow < (failed ? failAfter : recoverAfter)) return before
    this.#inARow = 0
    this.#believed = status
    return status
  }
}
