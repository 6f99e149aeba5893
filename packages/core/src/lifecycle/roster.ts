/** A member's place in a {@link Roster}. It keeps its member alive. */
export interface Place {
  /** Makes the roster hold the member strongly, the initial state. */
  hold(): void
  /** Makes the roster hold the member weakly: without other references it is collected and leaves the roster. */
  loosen(): void
  /** Removes the member for good. */
  leave(): void
}

/** The members that share a process-wide resource, such as its signals, each held strongly or weakly. */
export class Roster<T extends object> {
  readonly #firm = new Set<T>()
  readonly #loose = new Set<WeakRef<T>>()

  enter(member: T): Place {
    let ref: WeakRef<T> | undefined
    const loosen = () => {
      if (!this.#firm.delete(member)) return
      ref = new WeakRef(member)
      this.#loose.add(ref)
    }
    const leave = () => {
      this.#firm.delete(member)
      if (ref) this.#loose.delete(ref)
    }
    const hold = () => {
      leave()
      this.#firm.add(member)
    }
    hold()
    return { hold, loosen, leave }
  }

  get isEmpty(): boolean {
    return this.members().length === 0
  }

  members(): T[] {
    const members = [...this.#firm]
    for (const ref of this.#loose) {
      const member = ref.deref()
      if (member === undefined) this.#loose.delete(ref)
      else members.push(member)
    }
    return members
  }
}
