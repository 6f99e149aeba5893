import { RE2JS } from 're2js'

/** The values of a match's groups, by number and by name. Group 0 is the whole match. */
export interface Groups {
  readonly numbered: readonly string[]
  readonly named: Readonly<Record<string, number>>
}

/**
 * A regular expression in the syntax of RE2, which must match a whole text. It takes linear time in the length of the
 * text, whatever the expression: JavaScript's own ones can be made to take forever.
 */
export class Pattern {
  readonly #compiled: RE2JS

  /** Throws an `Error` with RE2's sentence where the expression is invalid. */
  constructor(expression: string) {
    this.#compiled = RE2JS.compile(`^(?:${expression})$`)
  }

  matches(text: string): boolean {
    return this.#compiled.matcher(text).matches()
  }

  /** The groups of the match; `undefined` where there is none. */
  groups(text: string): Groups | undefined {
    const matcher = this.#compiled.matcher(text)
    if (!matcher.matches()) return undefined
    const numbered = Array.from(
      { length: matcher.groupCount() + 1 },
      (_, group) => matcher.group(group) ?? '',
    )
    return { numbered, named: this.#compiled.namedGroups() }
  }
}

const REFERENCE = /\$(?:\$|(\w+)|\{(\w+)\})/g

/**
 * Fills groups into a template: `$1`, `$name`, `${1}`, `${name}`, and `$$` for a dollar sign. The longest possible name
 * counts, so `$1x` is the group `1x`; a group that does not exist is empty. Any other dollar sign stays.
 */
export function expand(template: string, { numbered, named }: Groups): string {
  return template.replaceAll(REFERENCE, (whole, bare: string | undefined, braced: string | undefined) => {
    const name = bare ?? braced
    if (name === undefined) return whole === '$$' ? '$' : whole
    if (/^(?:0|[1-9]\d*)$/.test(name)) return numbered[Number(name)] ?? ''
    const number = Object.hasOwn(named, name) ? named[name] : undefined
    return number === undefined ? '' : (numbered[number] ?? '')
  })
}
