import { activeUsers, conversion, visits } from './telemetry.ts'

const ACTIVE_MS = 5 * 60_000
/** Maximum number of visitors. Beyond it, the oldest are dropped. */
const MOST = 50_000

interface Visit {
  readonly seenAt: number
  readonly bought: boolean
}

/** The present visitors, and which of them have bought something. */
export class Visitors {
  /** Ordered by last visit, the latest last. */
  readonly #visits = new Map<string, Visit>()
  #buyers = 0

  /** Records a request of a visitor. */
  saw(visitor: string, now = Date.now()): void {
    if (!this.#visits.has(visitor)) visits.inc()
    this.#remember(visitor, { seenAt: now, bought: this.#visits.get(visitor)?.bought ?? false })
    this.forget(now)
  }

  /** Records a purchase of a visitor. */
  bought(visitor: string, now = Date.now()): void {
    this.#remember(visitor, { seenAt: now, bought: true })
    this.forget(now)
  }

  /** Removes visitors without recent requests. */
  forget(now = Date.now()): void {
    for (const [visitor, { seenAt }] of this.#visits) {
      if (now - seenAt < ACTIVE_MS && this.#visits.size <= MOST) break
      this.#remove(visitor)
    }
    activeUsers.set(this.#visits.size)
    conversion.set(this.#visits.size === 0 ? 0 : this.#buyers / this.#visits.size)
  }

  #remember(visitor: string, visit: Visit): void {
    this.#remove(visitor)
    this.#visits.set(visitor, visit)
    if (visit.bought) this.#buyers++
  }

  #remove(visitor: string): void {
    if (this.#visits.get(visitor)?.bought === true) this.#buyers--
    this.#visits.delete(visitor)
  }
}
