/**
 * A cache of answers to repeated questions. Answers that were not used lately are evicted, so that an endless
 * variety of questions neither grows the cache nor evicts the frequent ones.
 */
export class Remembered<K, V> {
  readonly #answer: (question: K) => V
  readonly #max: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** @param max size of each of the two generations; the cache holds at most twice as many */
  constructor(answer: (question: K) => V, max: number) {
    this.#answer = answer
    this.#max = max
  }

  get(question: K): V {
    const known = this.#young.get(question)
    if (known !== undefined) return known
    const answer = this.#old.get(question) ?? this.#answer(question)
    if (this.#young.size >= this.#max) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(question, answer)
    return answer
  }
}
