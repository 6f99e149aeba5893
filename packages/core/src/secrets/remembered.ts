/**
 * Answers to questions that come again and again. Those that were not asked lately are forgotten, so that an endless
 * variety of questions costs no memory, and does not drive out the answers that are needed all the time.
 */
export class Remembered<K, V> {
  readonly #answer: (question: K) => V
  readonly #max: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** @param max how many answers are kept, twice at most */
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
