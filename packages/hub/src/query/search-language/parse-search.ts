import type { Condition } from '../../store/search.ts'
import { fieldCondition } from './field-terms.ts'
import { SearchError } from './search-error.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Longest search, in UTF-16 code units. */
const MAX_LENGTH = 2048

/** Most words, phrases and fields of a search. */
const MAX_TERMS = 64

/** Deepest nesting of parentheses and negations. */
const MAX_DEPTH = 16

/**
 * Parses a search for traces or log records, as `docs/hub-api.md` describes it. An empty search is the condition that all
 * events meet. Throws a {@link SearchError}, and nothing else.
 */
export function parseSearch(search: string): Condition {
  if (search.length > MAX_LENGTH)
    throw new SearchError(MAX_LENGTH, `The search is longer than ${MAX_LENGTH} characters`)
  const tokens = tokensOf(search)
  const terms = tokens.filter(({ kind }) => kind === 'text' || kind === 'field')
  const excess = terms[MAX_TERMS]
  if (excess !== undefined) throw new SearchError(excess.at, `The search has more than ${MAX_TERMS} terms`)
  if (tokens.length === 0) return { kind: 'all', of: [] }
  const parser = new Parser(tokens, search.length)
  const condition = parser.alternatives(0)
  const rest = parser.peek()
  if (rest !== undefined) throw new SearchError(rest.at, 'The parenthesis closes nothing')
  return condition
}

/** Terms beside each other bind more tightly than OR. */
class Parser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #index = 0

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens
    this.#end = end
  }

  peek(): Token | undefined {
    return this.#tokens[this.#index]
  }

  alternatives(depth: number): Condition {
    const of = [this.#sequence(depth)]
    while (this.peek()?.kind === 'OR') {
      this.#index++
      of.push(this.#sequence(depth))
    }
    return joined('any', of)
  }

  #sequence(depth: number): Condition {
    const of = [this.#term(depth)]
    for (;;) {
      const next = this.peek()
      if (next === undefined || next.kind === ')' || next.kind === 'OR') return joined('all', of)
      if (next.kind === 'AND') this.#index++
      of.push(this.#term(depth))
    }
  }

  #term(depth: number): Condition {
    const token = this.peek()
    if (token === undefined)
      throw new SearchError(this.#end, 'The search ends where a word or a field is expected')
    this.#index++
    switch (token.kind) {
      case 'text':
        return textCondition(token)
      case 'field':
        return fieldCondition(token)
      case '-':
        return { kind: 'not', of: this.#term(deeper(depth, token.at)) }
      case '(':
        return this.#group(token.at, deeper(depth, token.at))
      case ')':
      case 'AND':
      case 'OR':
        throw new SearchError(token.at, `A word or a field is expected instead of ${token.kind}`)
    }
  }

  #group(at: number, depth: number): Condition {
    const condition = this.alternatives(depth)
    if (this.peek()?.kind !== ')') throw new SearchError(at, 'The parenthesis is not closed')
    this.#index++
    return condition
  }
}

function deeper(depth: number, at: number): number {
  if (depth === MAX_DEPTH) throw new SearchError(at, `The search is nested deeper than ${MAX_DEPTH} levels`)
  return depth + 1
}

function textCondition({ at, text, quoted }: Extract<Token, { kind: 'text' }>): Condition {
  if (text === '*' && !quoted) return { kind: 'all', of: [] }
  if (!quoted && text.endsWith('*'))
    throw new SearchError(
      at,
      `A word cannot end with *, only a value of a field can, such as message:${text}`,
    )
  return { kind: 'text', text, phrase: quoted }
}

/** Joins conditions. One condition stays as it is, and a list of the same kind becomes part of the list. */
function joined(kind: 'all' | 'any', of: readonly Condition[]): Condition {
  const [first] = of
  if (of.length === 1 && first !== undefined) return first
  return { kind, of: of.flatMap((each) => (each.kind === kind && each.of.length > 0 ? each.of : [each])) }
}
