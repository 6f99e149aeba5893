import { GROUP_SIZE } from '../codec/group.ts'

/** The series of one group that a query wants. */
export interface WantedGroup {
  readonly group: number
  /** For each slot, the position of its series among the wanted ones plus one, or 0. */
  readonly slots: Int32Array
}

/** The series that a query wants, found by their numbers without hashing. */
export class WantedSeries {
  /** For each number, the position of the series among the wanted ones plus one, or 0. */
  positions = new Int32Array(1_024)
  #numbers: readonly number[] = []

  /** Replaces the wanted series by those of ascending numbers. */
  set(numbers: readonly number[]): void {
    for (const number of this.#numbers) this.positions[number] = 0
    this.#numbers = numbers
    const highest = this.highest
    if (highest >= this.positions.length)
      this.positions = new Int32Array(Math.max(highest + 1, this.positions.length * 2))
    numbers.forEach((number, position) => {
      this.positions[number] = position + 1
    })
  }

  get numbers(): readonly number[] {
    return this.#numbers
  }

  get lowest(): number {
    return this.#numbers[0] ?? Infinity
  }

  get highest(): number {
    return this.#numbers.at(-1) ?? -1
  }

  /** The groups of the wanted series, ascending. */
  groups(): WantedGroup[] {
    const groups: WantedGroup[] = []
    this.#numbers.forEach((number, position) => {
      const group = Math.floor(number / GROUP_SIZE)
      let last = groups.at(-1)
      if (last?.group !== group) groups.push((last = { group, slots: new Int32Array(GROUP_SIZE) }))
      last.slots[number % GROUP_SIZE] = position + 1
    })
    return groups
  }
}
