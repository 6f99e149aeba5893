import type { SecretRules } from './rules.ts'

/** Texts that are remembered in each of two generations. */
const REMEMBERED = 4_096
/** Longer texts rarely repeat. */
const MAX_LENGTH = 2_048

/** Masks texts, and remembers the answers: statements, URLs and messages repeat from batch to batch. */
export class MaskedTexts {
  readonly #rules: SecretRules
  #young = new Map<string, string>()
  #old = new Map<string, string>()

  constructor(rules: SecretRules) {
    this.#rules = rules
  }

  mask(text: string): string {
    if (text.length > MAX_LENGTH) return this.#rules.mask(text)
    const known = this.#young.get(text)
    if (known !== undefined) return known
    const masked = this.#old.get(text) ?? this.#rules.mask(text)
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, masked)
    return masked
  }
}
