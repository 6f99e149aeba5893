import { Scratch } from '../../interning/scratch.ts'
import { Cursor } from '../cursor.ts'
import type { SharedParts } from '../sets.ts'

/**
 * The bytes of all attributes of one point, with their tags. They are the key of the interned set. Usually they are side by side in the
 * body; otherwise they are copied together.
 */
export class SetFields {
  readonly #shared: SharedParts
  readonly #scratch = new Scratch()
  #tag = 0
  #start = 0
  #end = 0
  #isCopied = false

  constructor(shared: SharedParts) {
    this.#shared = shared
  }

  /** Begins a point whose attributes have this tag. */
  begin(tag: number): void {
    this.#tag = tag
    this.#start = 0
    this.#end = 0
    this.#isCopied = false
  }

  /** Adds the field from the start of its tag to its end. Returns its end. */
  field(cursor: Cursor, start: number, end: number): number {
    if (this.#isCopied) this.#scratch.copy(cursor.bytes, start, end)
    else if (start === this.#end) this.#end = end
    else if (this.#end === 0) {
      this.#start = start
      this.#end = end
    } else {
      this.#isCopied = true
      this.#scratch.clear()
      this.#scratch.copy(cursor.bytes, this.#start, this.#end)
      this.#scratch.copy(cursor.bytes, start, end)
    }
    return end
  }

  /** The index of the set in the list of the call. */
  index(cursor: Cursor): number {
    if (this.#isCopied) {
      const { bytes, size } = this.#scratch
      return this.#shared.set(new Cursor(bytes.subarray(0, size)), 0, size, this.#tag)
    }
    return this.#shared.set(cursor, this.#start, this.#end, this.#tag)
  }
}
