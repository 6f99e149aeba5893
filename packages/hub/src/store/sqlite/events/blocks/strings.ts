import { decodeNumbers, encodeNumbers, NumberColumn } from './numbers.ts'

/** The distinct strings of a block while it is filled. The first is the empty text. */
export class StringTable {
  readonly list: string[] = ['']
  readonly #numbers = new Map<string, number>([['', 0]])
  #source: readonly string[] = []
  /** The number of each string of the source, -1 where it is not known yet. */
  #known = new Int32Array(1024)

  /** Begins to take strings by their index in `source`. */
  from(source: readonly string[]): void {
    this.#source = source
    if (this.#known.length < source.length) this.#known = new Int32Array(source.length * 2)
    this.#known.fill(-1, 0, source.length)
  }

  /** The number of the string at an index of the source. */
  of(index: number): number {
    const known = this.#known[index] ?? -1
    if (known >= 0) return known
    const number = this.intern(this.#source[index] ?? '')
    this.#known[index] = number
    return number
  }

  /** The number of a string. */
  intern(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.list.length
      this.list.push(text)
      this.#numbers.set(text, number)
    }
    return number
  }

  /** The lengths in UTF-16 units, and all texts as UTF-8. */
  encode(): [Uint8Array, Uint8Array] {
    const lengths = new NumberColumn()
    for (const text of this.list) lengths.push(text.length)
    return [encodeNumbers(lengths), Buffer.from(this.list.join(''))]
  }

  clear(): void {
    this.list.length = 1
    this.#numbers.clear()
    this.#numbers.set('', 0)
    this.#source = []
  }
}

/** The distinct strings of a stored block. They are cut from one text when they are needed. */
export class StoredStrings {
  /** All strings, one after the other. */
  readonly text: string
  /** Where string `n` begins. One more than there are strings. */
  readonly offsets: Uint32Array
  #lower: string | undefined

  constructor(lengths: Uint8Array, texts: Uint8Array) {
    const numbers = decodeNumbers(lengths)
    this.offsets = new Uint32Array(numbers.length + 1)
    let offset = 0
    for (let i = 0; i < numbers.length; i++) {
      offset += numbers[i] ?? 0
      this.offsets[i + 1] = offset
    }
    this.text = Buffer.from(texts.buffer, texts.byteOffset, texts.byteLength).toString('utf8')
  }

  /** All strings in lower case, or `undefined` where one has another length then. */
  get lower(): string | undefined {
    this.#lower ??= this.text.toLowerCase()
    return this.#lower.length === this.text.length ? this.#lower : undefined
  }

  get size(): number {
    return this.offsets.length - 1
  }

  at(number: number): string {
    return this.text.slice(this.offsets[number] ?? 0, this.offsets[number + 1] ?? 0)
  }

  all(): string[] {
    return Array.from({ length: this.size }, (_, number) => this.at(number))
  }
}
