/**
 * Finds names beside values in a text: `X-Api-Key: k`, `?token=t`, `"pin": 1`, `"X-Api-Key", "k"`, `--pin 1`,
 * `<pin>1</pin>`.
 */
import { CENSOR } from './censor.ts'
import { decodedLetters } from './encoded.ts'
import { toldName } from './name-fields.ts'
import { isHidden, type Secrecy, type SecretNames } from './secret-names.ts'
import {
  bracketed,
  isLineFeed,
  isNameCode,
  isQuote,
  lineEnd,
  quoted,
  skipSpaces,
  tokenEnd,
  wordEnd,
} from './text-scan.ts'

/** Maximum length of a name. */
const MAX_NAME = 128
/** Maximum white space between a separator and a value: a line feed and some indentation. */
const MAX_SPACES = 32
/** Characters that end a literal value in a list, or in a setting, whose value may have spaces. */
const LITERAL_ENDS = "&;,)]}'"
/** How far before a tag's end its attributes are read. */
const MAX_ATTRIBUTES = 256
/** How much of a form part is searched for its headers. */
const MAX_PART_HEAD = 1_024
/** A form part after `name=`: the name, further headers, and an empty line. */
const FORM_PART =
  /^\\?"([^"\\\r\n]{1,128})\\?"(?:(?:\r?\n|(?:\\r)?\\n)[\w-]{1,32}:[^\r\n\\]{0,128}){0,4}(?:\r?\n|(?:\\r)?\\n){2}/

/** A name found in a text. */
interface Name {
  readonly text: string
  readonly start: number
  /** The quote before the name, with any backslashes. Empty if there is none. */
  readonly quote: string
  /** Whether the same quote follows the name. */
  readonly isClosed: boolean
}

/** The range of a value in a text. */
interface Value {
  readonly start: number
  readonly end: number
  /** The replacement text. */
  readonly mask?: string
}

/** Censors each value of a secret name. Runs in linear time. */
export function maskPairs(text: string, names: SecretNames): string {
  let masked = ''
  let copied = 0
  for (let at = 0; at < text.length; at++) {
    const value = valueAt(text, at, copied, names)
    if (value === undefined) continue
    const { start, end, mask = CENSOR } = value
    // The value may be censored already: a text can pass here twice.
    if (end > start && !text.startsWith(CENSOR, start)) {
      masked += text.slice(copied, start) + mask
      copied = end
    }
    at = Math.max(at, end - 1)
  }
  return copied === 0 ? text : masked + text.slice(copied)
}

/** The value after the separator at `at`, if its name is secret. */
function valueAt(text: string, at: number, from: number, names: SecretNames): Value | undefined {
  switch (text.charCodeAt(at)) {
    case 61: // =
      return text[at + 1] === '>' ? field(text, at, at + 2, from, names) : assigned(text, at, from, names)
    case 58: // :
      return text.startsWith('//', at + 1) ? undefined : field(text, at, at + 1, from, names)
    case 44: // ,
      return listed(text, at, from, names)
    case 45: // -
      return text[at + 1] === '-' ? flag(text, at, names) : undefined
    case 62: // >
      return element(text, at, from, names)
    default:
      return undefined
  }
}

/** `token=t` in queries, forms, cookies, connection strings and settings. */
function assigned(text: string, at: number, from: number, names: SecretNames): Value | undefined {
  const name = nameBefore(text, at, from)
  if (name === undefined) return undefined
  if (name.text === 'name') return formPart(text, at + 1, names)
  const before = text[name.start - 1] ?? ''
  const isParameter = before !== '' && '?&;#'.includes(before)
  const word = name.text.includes('%') ? decodedLetters(name.text) : name.text
  let secrecy = isParameter ? names.secrecyOfParameter(word) : names.secrecyOf(word)
  if (secrecy === 'never') secrecy = secrecyBeside(text, name, at + 1, from, names)
  if (secrecy === 'never') return undefined
  const start = text[at - 1] === ' ' && text[at + 1] === ' ' ? at + 2 : at + 1
  const between = quoted(text, start)
  if (between) return valueOf(between)
  const isFirst = before !== '' && isLineFeed(text, name.start - 1)
  if (isFirst || (!isParameter && /authorization$/i.test(word)))
    return { start, end: lineEnd(text, start, '"\'') }
  const ends = before === ';' ? ";'" : isParameter || before === '' ? '&#' : LITERAL_ENDS
  return { start, end: tokenEnd(text, start, ends) }
}

/** `X-Api-Key: k`, `"pin": 1`, `{ token: 't' }`, `'pin' => 1`. */
function field(text: string, at: number, after: number, from: number, names: SecretNames): Value | undefined {
  const name = nameBefore(text, at, from)
  if (name === undefined) return undefined
  let secrecy = names.secrecyOf(name.text)
  if (secrecy === 'never') secrecy = secrecyBeside(text, name, after, from, names)
  if (secrecy === 'never') return undefined
  // Not a name: `https://token.example.com:8080`, `/v1/tokens:verify`, `token.js:10:5`.
  const isPlace = text[name.start - 1] === '/' || (name.text.includes('.') && /\d/.test(text[after] ?? ''))
  if (!name.isClosed && isPlace && text[after] !== ' ') return undefined
  const start = skipSpaces(text, after, name.isClosed ? MAX_SPACES : 8)
  // The line of the name holds no value.
  if (!name.isClosed && /[\r\n]/.test(text.slice(after, start))) return undefined
  return (
    structured(text, start, name) ??
    (name.isClosed ? literal(text, start, name, secrecy) : unquoted(text, start, name, secrecy))
  )
}

/**
 * An unquoted value. A header's value is the rest of its line, a setting's ends at a comma, and in a sentence
 * it is a single last word.
 */
function unquoted(text: string, start: number, name: Name, secrecy: Secrecy): Value | undefined {
  const isHeader = name.text.includes('-') || /^(?:authorization|cookie)$/i.test(name.text)
  const isFirst = name.start === 0 || isLineFeed(text, name.start - 1)
  if (isHeader || (isFirst && name.start > 0))
    return {
      start,
      end: lineEnd(text, start, name.quote === '' ? (isFirst ? '' : '"\'') : name.quote.slice(-1)),
    }
  if (isInnocent(text.slice(start, wordEnd(text, start, LITERAL_ENDS) ?? start), secrecy)) return undefined
  // `api_key: k` and `apiKey: k`, not `invalid token: jwt expired`.
  if (/[_.]|[a-z][A-Z]/.test(name.text)) return { start, end: settingEnd(text, start) }
  const end = wordEnd(text, start, LITERAL_ENDS)
  if (end === undefined) return { start, end: tokenEnd(text, start, LITERAL_ENDS) }
  return end >= text.length || !/\s/.test(text[end] ?? '') || isLineFeed(text, end)
    ? { start, end }
    : undefined
}

/** `"X-Api-Key", "k"`: two items of a list, the first of which looks like a header name. */
function listed(text: string, at: number, from: number, names: SecretNames): Value | undefined {
  if (!isQuote(text[at - 1])) return undefined
  const name = nameBefore(text, at, from)
  if (name === undefined || !name.isClosed) return undefined
  if (!/-|^(?:authorization|cookie)$/i.test(name.text) || names.secrecyOf(name.text) === 'never')
    return undefined
  const value = structured(text, skipSpaces(text, at + 1, MAX_SPACES), name)
  // The second item is the name of the next field of an object.
  return value && /^\\{0,3}["'`]\s?:/.test(text.slice(value.end, value.end + 8)) ? undefined : value
}

/** `--password p` on a command line. */
function flag(text: string, at: number, names: SecretNames): Value | undefined {
  if (isNameCode(text.charCodeAt(at - 1))) return undefined
  let end = at + 2
  while (end < at + MAX_NAME && isNameCode(text.charCodeAt(end))) end++
  const start = skipSpaces(text, end, 8)
  if (start === end || text[start] === '-' || names.secrecyOf(text.slice(at, end)) === 'never')
    return undefined
  const between = quoted(text, start)
  return between ? valueOf(between) : { start, end: tokenEnd(text, start, "'") }
}

/** The start of a section that XML does not parse. */
const CDATA = '<![CDATA['

/** `<password>p</password>`, with or without attributes. */
function element(text: string, at: number, from: number, names: SecretNames): Value | undefined {
  const first = Math.max(from, at - MAX_ATTRIBUTES)
  let open = at - 1
  while (open > first && text[open] !== '<' && text[open] !== '>') open--
  const name = /^<(?:[\w.-]{1,64}:)?([\w.-]{1,128})(?:\s|$)/.exec(text.slice(open, at))?.[1]
  if (name === undefined || text[at - 1] === '/' || names.secrecyOf(name) === 'never') return undefined
  const isLiteral = text.startsWith(CDATA, at + 1)
  const start = at + 1 + (isLiteral ? CDATA.length : 0)
  const end = text.indexOf(isLiteral ? ']]>' : '<', start)
  return { start, end: end < 0 ? text.length : end }
}

/** The name before a separator. */
function nameBefore(text: string, separator: number, from: number): Name | undefined {
  let end = separator
  while (end > from && end > separator - 4 && text[end - 1] === ' ') end--
  const last = text[end - 1] ?? ''
  const isClosed = end > from && isQuote(last)
  if (isClosed) {
    end--
    while (end > from && text[end - 1] === '\\') end--
  }
  const first = Math.max(from, end - MAX_NAME)
  let start = end
  while (
    start > first &&
    (isClosed ? !' \n'.includes(last) && text[start - 1] !== last : isNameCode(text.charCodeAt(start - 1)))
  )
    start--
  // `\r\nX-Api-Key` in JSON text: the escape is not part of the name.
  if (text[start - 1] === '\\' && /[nrt]/.test(text[start] ?? '')) start++
  if (start >= end) return undefined
  let quote = ''
  if (isQuote(text[start - 1])) {
    let open = start - 1
    while (open > first && text[open - 1] === '\\') open--
    quote = text.slice(open, start)
  }
  // A closing quote without an opening one belongs to other text: `Unexpected token '='`.
  if (isClosed && quote === '') return undefined
  return { text: text.slice(start, end), start, quote, isClosed }
}

/** The secrecy of a `value` field, from the field beside it that holds its name. */
function secrecyBeside(
  text: string,
  { text: called, start }: Name,
  after: number,
  from: number,
  names: SecretNames,
) {
  const told = toldName(text, called, start, after, from)
  return told === undefined ? 'never' : names.secrecyOf(told)
}

/** The value of a form part, up to the next boundary. */
function formPart(text: string, at: number, names: SecretNames): Value | undefined {
  const [head, name] = FORM_PART.exec(text.slice(at, at + MAX_PART_HEAD)) ?? []
  if (head === undefined || name === undefined || names.secrecyOfParameter(name) === 'never') return undefined
  const start = at + head.length
  const length = text.slice(start).search(/(?:\r?\n|(?:\\r)?\\n)--/)
  return { start, end: length < 0 ? text.length : start + length }
}

/** A value in quotes or brackets. */
function structured(text: string, start: number, name: Name): Value | undefined {
  if (text.startsWith(CENSOR, start)) return { start, end: start + CENSOR.length }
  const between = quoted(text, start)
  if (between) return valueOf(between)
  if (text[start] !== '{' && text[start] !== '[') return undefined
  return { start, end: bracketed(text, start), mask: maskWithin(name) }
}

/** A number or similar literal in JSON or in a list of settings. */
function literal(text: string, start: number, name: Name, secrecy: Secrecy): Value | undefined {
  const end = tokenEnd(text, start, LITERAL_ENDS)
  return isInnocent(text.slice(start, Math.min(end, start + 40)), secrecy)
    ? undefined
    : { start, end, mask: maskWithin(name) }
}

/** Whether the text is a number or boolean that its name does not make secret. */
function isInnocent(text: string, secrecy: Secrecy): boolean {
  if (/^(?:true|false)$/.test(text)) return !isHidden(secrecy, true)
  if (/^-?\d[\d.]{0,20}$/.test(text)) return !isHidden(secrecy, 0)
  return text === 'null' || text === 'undefined'
}

/** Keeps JSON valid. */
function maskWithin({ quote, isClosed }: Name): string {
  return isClosed ? `${quote}${CENSOR}${quote}` : CENSOR
}

function settingEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !',}\r\n"\'`'.includes(text[end] ?? '')) end++
  return end
}

function valueOf([start, end]: readonly [number, number]): Value {
  return { start, end }
}
