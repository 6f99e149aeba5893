/** A member's place in a {@link Roster}. Whoever has the place keeps its member alive. */
export interface Place {
  /** Has the roster hold the member firmly. This is how a member is held at first. */
  hold(): void
  /** Has the roster hold the member loosely: once nothing else refers to it, it is collected and no member any more. */
  loosen(): void
  /** Takes the member out for good. */
  leave(): void
}

/** The members of something that a process has once, such as its signals, each held firmly or loosely. */
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
