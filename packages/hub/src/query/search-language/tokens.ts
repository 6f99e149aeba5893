import { SearchError } from './search-error.ts'

/** An operator between a field and its value. */
export type Operator = ':' | '<' | '<=' | '>' | '>='

/** A piece of a search, with its offset into the text. */
export type Token =
  | { readonly kind: '(' | ')' | '-' | 'AND' | 'OR'; readonly at: number }
  | { readonly kind: 'text'; readonly at: number; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'field'
      readonly at: number
      readonly field: string
      readonly operator: Operator
      readonly value: string
      readonly quoted: boolean
      /** The value is followed by `*`, which is not part of it. */
      readonly prefix: boolean
      /** Where the value begins. */
      readonly valueAt: number
    }

/** A field without quotes: `http.route`, `k8s.pod-name`, `app/version`. It begins with a letter, so that `12:30:05` is a word. */
const FIELD = /[\p{L}_@][\p{L}\p{N}_@./-]*(?=(?:>=|<=|[:=<>]))/uy

/** Signs inside of words: `https://example.org`, `Orders::load`, `a => b`, `a==b`. */
const NO_OPERATORS = ['://', '::', '=>', '==']

const OPERATOR = />=|<=|[:=<>]/y

/** A word ends at a space, a parenthesis or a quote. A parenthesis inside a word belongs to it: `f(x)`. */
const WORD = /[^\s()"][^\s()"]*(?:\([^\s()"]*\)[^\s()"]*)*/y

const QUOTED = /"(?<text>(?:[^"\\]|\\[^])*)"/y

const SPACE = /\s+/y

/** Divides a search into tokens. Throws a {@link SearchError} for a quote that is not closed and a field without value. */
export function tokensOf(search: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < search.length) {
    at += matchAt(SPACE, search, at)?.[0].length ?? 0
    if (at >= search.length) break
    const { token, end } = tokenAt(search, at)
    tokens.push(token)
    at = end
  }
  return tokens
}

function tokenAt(search: string, at: number): { token: Token; end: number } {
  const character = search.charAt(at)
  if (character === '(' || character === ')') return { token: { kind: character, at }, end: at + 1 }
  if (character === '-' && /[^\s)]/.test(search.charAt(at + 1)))
    return { token: { kind: '-', at }, end: at + 1 }
  const field = fieldAt(search, at)
  if (field !== undefined) return field
  if (character === '"') {
    const { text, end } = quotedAt(search, at)
    return { token: { kind: 'text', at, text, quoted: true }, end }
  }
  // The pattern matches any character but those that are handled above.
  const word = matchAt(WORD, search, at)?.[0] ?? character
  const end = at + word.length
  if (word === 'NOT') return { token: { kind: '-', at }, end }
  if (word === 'AND' || word === 'OR') return { token: { kind: word, at }, end }
  return { token: { kind: 'text', at, text: word, quoted: false }, end }
}

function fieldAt(search: string, at: number): { token: Token; end: number } | undefined {
  const name = search.charAt(at) === '"' ? quotedFieldAt(search, at) : plainFieldAt(search, at)
  if (name === undefined) return undefined
  const sign = matchAt(OPERATOR, search, name.end)?.[0]
  if (sign === undefined) return undefined
  let valueAt = name.end + sign.length
  let operator = operatorOf(sign)
  // `field:>=5` is `field>=5`.
  const inner = operator === ':' ? matchAt(OPERATOR, search, valueAt)?.[0] : undefined
  if (inner !== undefined && inner !== ':' && inner !== '=') {
    operator = operatorOf(inner)
    valueAt += inner.length
  }
  const { field } = name
  if (search.charAt(valueAt) === '"') {
    const { text: value, end } = quotedAt(search, valueAt)
    const prefix = search.charAt(end) === '*'
    const token: Token = { kind: 'field', at, field, operator, value, quoted: true, prefix, valueAt }
    return { token, end: prefix ? end + 1 : end }
  }
  const word = matchAt(WORD, search, valueAt)?.[0]
  if (word === undefined) throw new SearchError(valueAt, `The field ${field} has no value`)
  const prefix = word.endsWith('*')
  const value = prefix ? word.slice(0, -1) : word
  const token: Token = { kind: 'field', at, field, operator, value, quoted: false, prefix, valueAt }
  return { token, end: valueAt + word.length }
}

function plainFieldAt(search: string, at: number): { field: string; end: number } | undefined {
  const field = matchAt(FIELD, search, at)?.[0]
  if (field === undefined) return undefined
  const end = at + field.length
  return NO_OPERATORS.some((sign) => search.startsWith(sign, end)) ? undefined : { field, end }
}

/** `"a key":value`. A quoted text without an operator right behind it is a phrase. */
function quotedFieldAt(search: string, at: number): { field: string; end: number } | undefined {
  const { text, end } = quotedAt(search, at)
  return text !== '' && matchAt(OPERATOR, search, end) !== undefined ? { field: text, end } : undefined
}

function quotedAt(search: string, at: number): { text: string; end: number } {
  const match = matchAt(QUOTED, search, at)
  if (match === undefined) throw new SearchError(at, 'The quotation mark is not closed')
  return { text: (match.groups?.['text'] ?? '').replace(/\\([^])/g, '$1'), end: at + match[0].length }
}

function operatorOf(sign: string): Operator {
  switch (sign) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return sign
    default:
      return ':'
  }
}

/** Matches a sticky pattern at an offset. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}
