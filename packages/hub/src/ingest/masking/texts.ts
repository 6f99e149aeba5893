import type { SecretRules } from './rules.ts'

/** Texts that are remembered in each of two generations. */
const REMEMBERED = 4_096
/** Longer texts rarely repeat. */
const MAX_LENGTH = 2_048
/** Fingerprints of texts that were seen once: a power of 2. */
const SEEN = 16_384
/** Characters of a text that its fingerprint has, at least. */
const SAMPLED = 16

/**
 * Masks texts, and remembers the answers for those that repeat, such as statements and URLs. Most texts are different, as ids and messages
 * with numbers are: remembering them would cost more than masking them.
 */
export class MaskedTexts {
  readonly #rules: SecretRules
  readonly #seen = new Uint32Array(SEEN)
  #young = new Map<string, string>()
  #old = new Map<string, string>()

  constructor(rules: SecretRules) {
    this.#rules = rules
  }

  mask(text: string): string {
    if (!this.#rules.mayMask(text)) return text
    if (text.length > MAX_LENGTH || !this.#isRepeated(text)) return this.#rules.mask(text)
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

  /** Paths are different, as a rule, and are not remembered. */
  maskPath(path: string, route: string | undefined): string {
    return this.#rules.maskPath(path, route)
  }

  /** Whether a text with the same fingerprint was the last of its place. */
  #isRepeated(text: string): boolean {
    const fingerprint = fingerprintOf(text)
    const place = fingerprint & (SEEN - 1)
    if (this.#seen[place] === fingerprint) return true
    this.#seen[place] = fingerprint
    return false
  }
}

function fingerprintOf(text: string): number {
  let hash = text.length
  const step = Math.max(1, Math.floor(text.length / SAMPLED))
  for (let at = 0; at < text.length; at += step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
