import type { PromqlError } from '../error.ts'
import { parseError } from './parse-error.ts'
import { SIGNATURES } from './signatures.ts'

const TOKEN =
  /[a-zA-Z_:][\w:]*|(?:\d[\w.]*|\.\d[\w.]*)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|[=!<>]=|[=!]~|\S/y
const SKIPPED = /(?:\s|#[^\n]*)+/y
const KEYWORDS: ReadonlySet<string> = new Set(
  'offset by without on ignoring group_left group_right bool start end'.split(' '),
)
const AGGREGATORS: ReadonlySet<string> = new Set(
  'sum avg count min max group stddev stdvar topk bottomk count_values quantile'.split(' '),
)
const OPERATORS: ReadonlySet<string> = new Set(
  'and or unless atan2 + - * / % ^ == != < > <= >= =~ !~ @'.split(' '),
)

interface Token {
  readonly text: string
  readonly from: number
}

/** The tokens of a query, without spaces and comments. */
function tokens(query: string): Token[] {
  const found: Token[] = []
  let index = 0
  while (index < query.length) {
    SKIPPED.lastIndex = index
    index += SKIPPED.exec(query)?.[0].length ?? 0
    TOKEN.lastIndex = index
    const [text] = TOKEN.exec(query) ?? []
    if (text === undefined) break
    found.push({ text, from: index })
    index += text.length
  }
  return found
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }

/** What is still open at the end of a query, if anything. */
function unclosed(found: readonly Token[]): string | undefined {
  const open: string[] = []
  for (const { text } of found) {
    if (CLOSERS[text] !== undefined) open.push(text)
    else if (CLOSERS[open.at(-1) ?? ''] === text) open.pop()
  }
  return open.at(-1)
}

/** What Prometheus expects after a token, in its words. */
const CONTEXTS: ReadonlyMap<string, string> = new Map([
  ...['by', 'without', 'on', 'ignoring'].map((word) => [word, ' in grouping opts, expected "("'] as const),
  ...['=', '=~', '!~'].map((operator) => [operator, ' in label matching, expected string'] as const),
  ['offset', ' in offset, expected duration'],
  ['@', ' in @, expected timestamp'],
])

/**
 * The error of a query that does not follow the grammar, as near to Prometheus' sentence as one can come: its parser
 * stops at the first token that cannot follow, and so does the search for it here.
 */
export function syntaxError(query: string, position: number): PromqlError {
  const found = tokens(query)
  if (found.length === 0) return parseError(query, 0, 'no expression found in input')
  const quote = found.find(({ text, from }) => from <= position && ['"', "'", '`'].includes(text))
  if (quote !== undefined)
    return parseError(
      query,
      quote.from,
      quote.text === '`' ? 'unterminated raw string' : 'unterminated quoted string',
    )

  for (const [index, { text, from }] of found.entries()) {
    const isCall = found[index + 1]?.text === '(' && /^[a-zA-Z_]\w*$/.test(text)
    const isExpected = CONTEXTS.has(found[index - 1]?.text.toLowerCase() ?? '')
    if (isCall && !isExpected && !isReserved(text) && !SIGNATURES.has(text) && from <= position)
      return parseError(query, from, `unknown function with name ${JSON.stringify(text)}`)
  }

  const index = found.findIndex(({ from, text }) => from + text.length > position)
  const token = found[index]
  const previous = index < 0 ? found.at(-1) : found[index - 1]
  const context = CONTEXTS.get(previous?.text.toLowerCase() ?? '') ?? ''
  if (token !== undefined) {
    if (token.text === ')' && previous?.text === ',')
      return parseError(query, previous.from, 'trailing commas not allowed in function call args')
    return parseError(query, token.from, described(token.text, context))
  }
  const open = unclosed(found)
  if (open === '(') return parseError(query, query.length, 'unclosed left parenthesis')
  if (open === '[') return parseError(query, query.length, 'unclosed left bracket')
  if (open === '{') return parseError(query, query.length, 'unexpected end of input inside braces')
  return parseError(query, query.length, `unexpected end of input${context}`)
}

function isReserved(text: string): boolean {
  const word = text.toLowerCase()
  return KEYWORDS.has(word) || AGGREGATORS.has(word) || OPERATORS.has(word)
}

/** The sentence about a token that cannot stand where it does. */
function described(text: string, context: string): string {
  if (/^[^\w\s"'`.,:+\-*/%^=!<>@(){}[\]]$/.test(text)) return `unexpected character: '${text}'`
  return `unexpected ${named(text)}${context}`
}

/** A token as Prometheus' parser names it. */
function named(text: string): string {
  const word = text.toLowerCase()
  if (KEYWORDS.has(word)) return `<${text}>`
  if (AGGREGATORS.has(word)) return `<aggr:${text}>`
  if (OPERATORS.has(word)) return `<op:${text}>`
  if (/^[a-zA-Z_]/.test(text)) return `${text.includes(':') ? 'metric identifier' : 'identifier'} "${text}"`
  if (/^[\d.]/.test(text)) return `${/[smhdwy]$/.test(text) ? 'duration' : 'number'} "${text}"`
  if (/^["'`]/.test(text)) return `string ${JSON.stringify(text)}`
  return JSON.stringify(text)
}
