import type { HealthStatus } from './check.ts'

/** Number of consecutive outcomes that change a verdict. */
export interface Patience {
  readonly failAfter: number
  readonly recoverAfter: number
}

/**
 * The verdict over repeated checks. The first outcome decides. Later ones change it only after enough equal
 * outcomes in a row. Degraded counts as working: changes between degraded and healthy apply at once.
 */
export class Verdict {
  readonly #patience: Patience
  #believed: HealthStatus | undefined = undefined
  #inARow = 0

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Adds an outcome. Returns the new verdict. */
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
