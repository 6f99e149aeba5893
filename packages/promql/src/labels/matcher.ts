import { Pattern } from './pattern.ts'

/** How a label's value is compared: equal, not equal, matching a regular expression, not matching it. */
export type MatchOperator = '!=' | '!~' | '=' | '=~'

/** Remembered results of a pattern, so that it runs once for each different value. */
const REMEMBERED = 10_000

/** A condition on the value of one label. A missing label has the empty value. */
export class Matcher {
  readonly name: string
  readonly operator: MatchOperator
  /** The value, or the regular expression in RE2's syntax. */
  readonly value: string
  readonly #pattern: Pattern | undefined
  readonly #results = new Map<string, boolean>()

  /** Throws an `Error` with RE2's sentence where the regular expression is invalid. */
  constructor(name: string, operator: MatchOperator, value: string) {
    this.name = name
    this.operator = operator
    this.value = value
    if (operator === '=~' || operator === '!~') this.#pattern = new Pattern(value)
  }

  matches(text: string): boolean {
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
