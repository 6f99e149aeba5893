import type { Limits } from '../limits.ts'
import type { Tally } from '../tally.ts'
import { cut, textEnd } from '../text.ts'
import { ByteTable, type Bytes } from './byte-table.ts'

/** Bytes of a text, as a Buffer that can decode them. */
export interface TextBytes extends Bytes {
  readonly bytes: Buffer
}

/** The texts of a reader's calls. Repeated ones are decoded once, and found by their bytes afterwards. */
export class Strings {
  readonly #table = new ByteTable<string>({
    entries: 32_768,
    bytes: 4_194_304,
    longest: 512,
    onlyRepeated: true,
  })
  readonly #limit: number
  readonly #tally: Tally

  constructor({ valueBytes }: Limits, tally: Tally) {
    this.#limit = valueBytes
    this.#tally = tally
  }

  /** Begins a call. Returns its list of texts, whose first is the empty one. */
  begin(): string[] {
    return this.#table.begin('')
  }

  /** The index of the text from `start` to `stop`, shortened to `limit` bytes. */
  at(source: TextBytes, start: number, stop: number, limit = this.#limit): number {
    if (stop === start) return 0
    const end = stop - start > limit ? this.#cut(source.bytes, start, limit) : stop
    const found = this.#table.find(source, start, end)
    return found >= 0 ? found : this.#table.add(source, start, end, source.bytes.toString('utf8', start, end))
  }

  /** A text that is not in the list of the call. */
  textAt({ bytes }: TextBytes, start: number, stop: number): string {
    const end = stop - start > this.#limit ? this.#cut(bytes, start, this.#limit) : stop
    return bytes.toString('utf8', start, end)
  }

  /** The index of a text, shortened to `limit` bytes. */
  of(text: string, limit = this.#limit): number {
    if (text === '') return 0
    const kept = cut(text, limit)
    if (kept.length < text.length) this.#tally.shorten(limit)
    return this.#table.place(kept.toWellFormed())
  }

  #cut(bytes: Uint8Array, start: number, limit: number): number {
    this.#tally.shorten(limit)
    return textEnd(bytes, start, start + limit)
  }
}
