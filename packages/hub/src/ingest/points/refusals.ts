/** Counts refused points by reason. */
export class Refusals {
  readonly #counts = new Map<string, number>()

  get count(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** One sentence with all reasons. Empty without any. */
  sentence(): string {
    if (this.#counts.size === 0) return ''
    return `Refused: ${[...this.#counts].map(([reason, count]) => `${reason} (${count})`).join(', ')}.`
  }
}
