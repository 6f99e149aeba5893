/**
 * Objects by a text that says all of their content, so that equal objects are the same one. It holds the most recently used
 * ones: when the young half is full, it becomes the old half, and the old half is forgotten.
 */
export class Recent<T> {
  readonly #half: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  /** @param most number of objects */
  constructor(most: number) {
    this.#half = most >>> 1
  }

  /** The object with this key. Makes it if it is not known. */
  get(key: string, make: () => T): T {
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const value = this.#old.get(key) ?? make()
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
    return value
  }
}
