import { Pattern } from './pattern.ts'

/** How a label's value is compared: equal, not equal, matching a regular expression, not matching it. */
export type MatchOperator = '!=' | '!~' | '=' | '=~'

/** Remembered results of a pattern, so that it runs once for each different value. */
const REMEMBERED = 10_000

/** A choice of plain texts, as dashboards write for variables of several values, with escapes of punctuation. */
const CHOICE = /^(?:[\w:/ -]|\\[\\^$.*+?()[\]{}|])+(?:\|(?:[\w:/ -]|\\[\\^$.*+?()[\]{}|])+)*$/

/** A condition on the value of one label. A missing label has the empty value. */
export class Matcher {
  readonly name: string
  readonly operator: MatchOperator
  /** The value, or the regular expression in RE2's syntax. */
  readonly value: string
  /** The texts that a regular expression stands for which is nothing but a choice of them. They need not be matched one by one. */
  readonly choice: ReadonlySet<string> | undefined
  readonly #pattern: Pattern | undefined
  readonly #results = new Map<string, boolean>()

  /** Throws an `Error` with RE2's sentence where the regular expression is invalid. */
  constructor(name: string, operator: MatchOperator, value: string) {
    this.name = name
    this.operator = operator
    this.value = value
    if (operator === '=' || operator === '!=') return
    this.choice = choiceOf(value)
    if (this.choice === undefined) this.#pattern = new Pattern(value)
  }

  matches(text: string): boolean {
    if (this.choice !== undefined) return this.choice.has(text) === (this.operator === '=~')
    if (this.#pattern === undefined) return (text === this.value) === (this.operator === '=')
    let result = this.#results.get(text)
    if (result === undefined) {
      result = this.#pattern.matches(text) === (this.operator === '=~')
      if (this.#results.size >= REMEMBERED) this.#results.clear()
      this.#results.set(text, result)
    }
    return result
  }
}

/** The texts of a regular expression that is only a choice of plain texts. Compiling one of RE2's costs more than most queries. */
function choiceOf(expression: string): ReadonlySet<string> | undefined {
  if (!CHOICE.test(expression)) return undefined
  // An escaped bar is a part of its text.
  const texts = expression.match(/(?:[^\\|]|\\.)+/g) ?? []
  return new Set(texts.map((text) => text.replaceAll(/\\(.)/g, '$1')))
}
