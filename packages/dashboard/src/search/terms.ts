import { fieldTerm, PLAIN, toldTerm } from './field-term.ts'

/**
 * One term of a search: a word, a phrase, a field with its value, or a group in parentheses. The terms of a search have to hold together.
 * The search language is that of docs/hub-api.md. Here it is read leniently, because it is typed at this moment: the hub tells what is wrong.
 */
export interface Term {
  /** As it stands in the search. */
  readonly text: string
  readonly not: boolean
  /** The field, without quotation marks. `undefined`: words or a group. */
  readonly field?: string
  readonly operator?: string
  /** What stands behind the operator or the minus, as it was typed. */
  readonly value: string
}

const FIELD = /^([\p{L}_@][\p{L}\p{N}_@./-]*|"(?:[^"\\]|\\[^])+")(>=|<=|[:=<>])(?!\/\/|[:=>])([^]*)$/u
/** Divides a search into the terms that have to hold together. Alternatives at the top are one term. */
export function termsOf(q: string): Term[] {
  const pieces = piecesOf(q)
  if (pieces.includes('OR')) return [termOf(pieces.join(' '))]
  const terms: Term[] = []
  let negated = ''
  for (const piece of pieces) {
    if (piece === 'NOT') negated = '-'
    else if (piece !== 'AND') {
      terms.push(termOf(negated + piece))
      negated = ''
    }
  }
  return terms
}

/** Writes terms as one search. */
export function searchOf(terms: ReadonlyArray<Pick<Term, 'text'>>): string {
  const texts = terms.map(({ text }) => text.trim()).filter(Boolean)
  return texts.map((text) => (texts.length > 1 && hasAlternatives(text) ? `(${text})` : text)).join(' ')
}

/** Adds a text to a search: all of the search and the text have to hold. */
export function withText(q: string, text: string): string {
  if (text.trim() === '') return q
  const added = piecesOf(text).includes('OR') ? [{ text }] : termsOf(text)
  const terms = termsOf(q)
  const known = new Set(terms.map((term) => term.text))
  return searchOf([...terms, ...added.filter((term) => !known.has(term.text))])
}

/**
 * What a typed text looks for. The id of a trace or span is looked for as such, and as a value: the ids that proxies give to requests look
 * the same.
 */
export function typedSearch(text: string): string {
  const id = text.trim()
  if (!/^(?:[\da-f]{16}){1,2}$/i.test(id)) return text
  return `${id.length === 32 ? 'trace' : 'span'}:${id.toLowerCase()} OR ${id}`
}

/** The values that a search demands of a field: `field:a`, or the alternatives `(field:a OR field:b)`. */
export function valuesOf(q: string, field: string): string[] {
  return termsOf(q).flatMap((term) => alternativesOf(term, field) ?? [])
}

/** A search without the values that it demands of a field. */
export function withoutValues(q: string, field: string): string {
  return searchOf(termsOf(q).filter((term) => alternativesOf(term, field) === undefined))
}

/** Demands a value of a field besides those that the search demands already, or takes it back. */
export function toggled(q: string, field: string, value: string): string {
  const told = toldTerm(field, value)
  if (told.endsWith('*')) return withText(q, told)
  const values = valuesOf(q, field)
  const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value]
  const text = next.map((each) => fieldTerm(field, each)).join(' OR ')
  return searchOf([...termsOf(withoutValues(q, field)), { text }])
}

/** The words and phrases that a search looks for in messages, for marking them. In lower case. */
export function wordsOf(q: string): string[] {
  return termsOf(q)
    .filter(({ not }) => !not)
    .flatMap(({ field, value }) => {
      if (field !== undefined) return field === 'message' || field === 'error' ? [plain(value)] : []
      if (/^".*"$/s.test(value)) return [plain(value)]
      if (!/^\(.*\)$/s.test(value)) return piecesOf(value).length > 1 ? inside(value) : [value.toLowerCase()]
      return inside(value.slice(1, -1))
    })
    .filter((word) => word !== '' && word !== '*')
}

/** Words of alternatives, each of which is a search of its own. */
const inside = (text: string): string[] =>
  piecesOf(text)
    .filter((piece) => piece !== 'OR')
    .flatMap(wordsOf)

/** Divides a text where words stand in it, in any letter case: every second part is such a word. */
export function parted(text: string, words: readonly string[]): string[] {
  if (words.length === 0) return [text]
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')
  return text.split(new RegExp(`(${pattern})`, 'giu'))
}

function alternativesOf(term: Term, field: string): string[] | undefined {
  if (term.not) return undefined
  if (term.field !== undefined) return isValueOf(term, field) ? [plain(term.value, false)] : undefined
  const group = /^\((.*)\)$/s.exec(term.text)?.[1] ?? term.text
  const pieces = piecesOf(group)
  if (!pieces.includes('OR')) return undefined
  const terms = pieces.filter((piece) => piece !== 'OR').map(termOf)
  return terms.every((each) => !each.not && isValueOf(each, field))
    ? terms.map((each) => plain(each.value, false))
    : undefined
}

const isValueOf = ({ field, operator, value }: Term, of: string): boolean =>
  field === of && (operator === ':' || operator === '=') && (value.startsWith('"') || PLAIN.test(value))

function termOf(text: string): Term {
  const not = text.startsWith('-') && text.length > 1
  const rest = not ? text.slice(1) : text
  const [, field, operator, value] = hasAlternatives(rest) ? [] : (FIELD.exec(rest) ?? [])
  if (field === undefined || operator === undefined) return { text, not, value: rest }
  return {
    text,
    not,
    field: field.startsWith('"') ? plain(field, false) : field,
    operator,
    value: value ?? '',
  }
}

const hasAlternatives = (text: string): boolean => piecesOf(text).includes('OR')

/** Divides at spaces that are in neither quotation marks nor parentheses. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  let start = 0
  let depth = 0
  let isQuoted = false
  for (let at = 0; at <= text.length; at++) {
    const sign = text.charAt(at)
    if (isQuoted && sign === '\\') at++
    else if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted && sign === '(') depth++
    else if (!isQuoted && sign === ')') depth--
    else if (at >= text.length || (!isQuoted && depth <= 0 && /\s/.test(sign))) {
      if (at > start) pieces.push(text.slice(start, at))
      start = at + 1
    }
  }
  if (start < text.length) pieces.push(text.slice(start))
  return pieces
}

/** A value without quotation marks, in lower case if it is for a comparison. */
function plain(value: string, lower = true): string {
  const [, text] = /^"((?:[^"\\]|\\[^])*)"?\*?$/.exec(value) ?? []
  const bare = text === undefined ? value.replace(/\*$/, '') : text.replaceAll(/\\([^])/g, '$1')
  return lower ? bare.toLowerCase() : bare
}
