/**
 * Objects by a text that says all of their content, so that equal objects are the same one. It holds the most recently used
 * ones: when the young half is full, it becomes the old half, and the old half is forgotten.
 */
export class Recent<T> {
  readonly #objects: number
  readonly #characters: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()
  /** Characters of the young half's keys. */
  #size = 0

  /**
   * @param objects most objects
   * @param characters most characters of all keys. Objects are about as large as their keys, so this bounds the memory
   */
  constructor(objects: number, characters: number) {
    this.#objects = objects / 2
    this.#characters = characters / 2
  }

  /** The object with this key. Makes it if it is not known. */
  get(key: string, make: () => T): T {
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const value = this.#old.get(key) ?? make()
    if (this.#young.size >= this.#objects || this.#size + key.length > this.#characters) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    this.#young.set(key, value)
    this.#size += key.length
    return value
  }
}
