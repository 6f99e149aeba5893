import { BEGINNING, endsBeginning, LONGEST_BEGINNING, mixed, step, WORD } from './word-hash.ts'
import { eachWord, isWordCode, LONGEST_WORD } from './words.ts'

const FIRST_SLOT_BITS = 14

/** Hashes of the distinct words of a block, and of their beginnings. */
export class WordSet {
  #hashes = new Uint32Array(2 ** FIRST_SLOT_BITS / 2)
  #size = 0
  /** Hashes, found by themselves. 0 is a free slot; a hash of 0 is known by `#hasZero`. */
  #slots = new Uint32Array(2 ** FIRST_SLOT_BITS)
  #shift = 32 - FIRST_SLOT_BITS
  #hasZero = false
  /** Random, so that a sender cannot choose words that fall on one slot. */
  readonly #factor = (Math.random() * 0x1_0000_0000) | 1

  /** The hashes, in no order: a view that is valid until the next change. */
  get hashes(): Uint32Array<ArrayBuffer> {
    return this.#hashes.subarray(0, this.#size)
  }

  /** Adds the words of a text, as {@link eachWord} finds them. */
  addText(text: string): void {
    let start = -1
    for (let at = 0; at < text.length; at++) {
      const code = lower(text.charCodeAt(at))
      if (code > 127) return eachWord(text, (word) => this.#addWord(word, 0, word.length))
      if (isWordCode(code)) {
        if (start < 0) start = at
      } else if (start >= 0) {
        this.#addWord(text, start, at)
        start = -1
      }
    }
    if (start >= 0) this.#addWord(text, start, text.length)
  }

  /** Adds a hash. Returns whether it is new. */
  add(hash: number): boolean {
    if (hash === 0) {
      if (this.#hasZero) return false
      this.#hasZero = true
    } else {
      const slots = this.#slots
      const last = slots.length - 1
      let slot = Math.imul(hash, this.#factor) >>> this.#shift
      for (let held = slots[slot]; held !== 0; held = slots[slot]) {
        if (held === hash) return false
        slot = (slot + 1) & last
      }
      slots[slot] = hash
    }
    this.#hashes[this.#size++] = hash
    if (this.#size === this.#hashes.length) this.#grow()
    return true
  }

  clear(): void {
    this.#size = 0
    this.#slots.fill(0)
    this.#hasZero = false
  }

  #addWord(text: string, from: number, to: number): void {
    const end = Math.min(to, from + LONGEST_WORD)
    let hash = WORD
    for (let at = from; at < end; at++) hash = step(hash, lower(text.charCodeAt(at)))
    // The beginnings of a known word are known too.
    if (!this.add(mixed(hash))) return
    hash = BEGINNING
    for (let at = from; at < Math.min(end, from + LONGEST_BEGINNING); at++) {
      const code = lower(text.charCodeAt(at))
      if (endsBeginning(code)) return
      hash = step(hash, code)
      this.add(mixed(hash))
    }
  }

  #grow(): void {
    const added = this.hashes
    this.#hashes = new Uint32Array(2 * added.length)
    this.#slots = new Uint32Array(2 * this.#slots.length)
    this.#shift--
    this.#size = 0
    this.#hasZero = false
    for (const hash of added) this.add(hash)
  }
}

/** The code of an ASCII letter in lower case. Others stay as they are. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}
