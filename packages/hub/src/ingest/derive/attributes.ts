import { type AttributeColumns, VALUE } from '@sightline/otlp'

/** Reads attributes of known names from columns. Each different key of a batch is compared once. */
export class Attributes<Name extends string> {
  readonly #codes: ReadonlyMap<string, number>
  /** The code of each string of the batch, plus 1. 0: not known yet, or not looked for. */
  #ofString = new Uint8Array(0)
  #strings: readonly string[] = []
  /** Index of the entry of each code in the current row, plus 1. 0: the row does not have it. */
  readonly #entries: Uint32Array
  #columns: AttributeColumns | undefined

  /** @param names at most 250 */
  constructor(names: readonly Name[]) {
    this.#codes = new Map(names.map((name, index) => [name, index + 1]))
    this.#entries = new Uint32Array(names.length + 1)
  }

  /** Begins with the strings of a batch. */
  begin(strings: readonly string[]): void {
    this.#strings = strings
    if (this.#ofString.length < strings.length) this.#ofString = new Uint8Array(2 * strings.length)
    else this.#ofString.fill(0, 0, strings.length)
  }

  /** Goes to a row. Returns whether it has any of the names. */
  read(columns: AttributeColumns, row: number): boolean {
    this.#columns = columns
    this.#entries.fill(0)
    let found = false
    const end = columns.offsets[row + 1] ?? 0
    for (let entry = columns.offsets[row] ?? 0; entry < end; entry++) {
      const code = this.#codeOf(columns.keys[entry] ?? 0)
      if (code === NOT_LOOKED_FOR) continue
      this.#entries[code] = entry + 1
      found = true
    }
    return found
  }

  /** The value of an attribute of the row, as text. Empty where the row does not have it. */
  text(name: Name): string {
    const entry = (this.#entries[this.#codes.get(name) ?? 0] ?? 0) - 1
    const columns = this.#columns
    if (entry < 0 || columns === undefined) return ''
    const number = columns.numbers[entry] ?? 0
    switch (columns.types[entry]) {
      case VALUE.empty:
        return ''
      case VALUE.int:
      case VALUE.double:
        return String(number)
      case VALUE.bool:
        return String(number === 1)
      default:
        return this.#strings[number] ?? ''
    }
  }

  #codeOf(key: number): number {
    const known = this.#ofString[key] ?? 0
    if (known !== 0) return known
    const code = this.#codes.get(this.#strings[key] ?? '') ?? NOT_LOOKED_FOR
    this.#ofString[key] = code
    return code
  }
}

const NOT_LOOKED_FOR = 255
