/** Values that are used between two calls of `forget`. */
const IN_USE = -1
/** Groups at most. */
const MAX_GROUPS = 10_000

/** Limits the number of different values in each of many groups, such as the names of spans in each job. */
export class LabelLimits {
  readonly #groups = new Map<string, Map<string, number>>()
  readonly #most: number
  readonly #idleMs: number

  /**
   * @param most different values of a group
   * @param idleMs milliseconds without use after which a value makes room for another one
   */
  constructor(most: number, idleMs: number) {
    this.#most = most
    this.#idleMs = idleMs
  }

  /** Whether the value is one of those of its group, or becomes one. */
  admits(group: string, value: string): boolean {
    let values = this.#groups.get(group)
    if (values === undefined) {
      if (this.#groups.size >= MAX_GROUPS) return false
      this.#groups.set(group, (values = new Map()))
    }
    if (!values.has(value) && values.size >= this.#most) return false
    values.set(value, IN_USE)
    return true
  }

  /** Forgets unused values. */
  forget(now: number): void {
    for (const [group, values] of this.#groups) {
      for (const [value, used] of values)
        if (used === IN_USE) values.set(value, now)
        else if (now - used >= this.#idleMs) values.delete(value)
      if (values.size === 0) this.#groups.delete(group)
    }
  }
}
