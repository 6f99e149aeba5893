/** What the two formats of a scrape have in common: names, label sets and numbers, found by position in a text. */

const QUOTE = 34
const BACKSLASH = 92
const CLOSING_BRACE = 125

/** A scraped body that is not valid. One invalid line fails the whole scrape, as in Prometheus. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError'

  /** @param at position of the problem in the text */
  constructor(reason: string, text: string, at: number) {
    super(`line ${lineAt(text, at)}: ${reason}`)
  }
}

/** The number of the line of a position, from 1. */
function lineAt(text: string, at: number): number {
  let line = 1
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line++
  return line
}

/** What was found instead of something else: the rest of the line, shortened. */
export function shown(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  const rest = text.slice(at, end < 0 ? at + 41 : Math.min(end, at + 41))
  if (rest === '') return 'the end of the line'
  return JSON.stringify(rest.length > 40 ? `${rest.slice(0, 40)}…` : rest)
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** The end of the metric name at a position; the position itself where there is none. */
export function metricNameEnd(text: string, at: number): number {
  let end = at
  for (let code = text.charCodeAt(end); ; code = text.charCodeAt(++end))
    if (!isLetter(code) && code !== 58 && !(end > at && isDigit(code))) return end
}

/** The end of the label name at a position; the position itself where there is none. */
export function labelNameEnd(text: string, at: number): number {
  let end = at
  for (let code = text.charCodeAt(end); ; code = text.charCodeAt(++end))
    if (!isLetter(code) && !(end > at && isDigit(code))) return end
}

/** The position of the quote that closes the one at a position. -1: there is none. */
export function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH && at - 1 - backslashes > opening)
      backslashes++
    if (backslashes % 2 === 0) return at
  }
  return -1
}

/** The position after the brace that closes the label set at a position. -1: there is none. */
export function labelSetEnd(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === CLOSING_BRACE) return at + 1
    if (code === QUOTE) {
      at = closingQuote(text, at)
      if (at < 0) return -1
    }
  }
  return -1
}

/** A label's value without its escapes: `\\`, `\"` and `\n`. Other backslashes stay. */
export function unescaped(value: string): string {
  if (!value.includes('\\')) return value
  return value.replaceAll(/\\[\\"n]/g, (escape) => (escape === '\\n' ? '\n' : (escape[1] ?? '')))
}

/** The text of a `HELP` without its escapes: `\\` and `\n`, and in OpenMetrics `\"`. */
export function unescapedHelp(help: string, openMetrics: boolean): string {
  if (openMetrics) return unescaped(help)
  return help.includes('\\')
    ? help.replaceAll(/\\[\\n]/g, (escape) => (escape === '\\n' ? '\n' : '\\'))
    : help
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const INFINITY = /^[+-]?inf(?:inity)?$/i

/** A number as Go reads it. `undefined`: the text is no number, or too large for one. */
export function numberOf(token: string): number | undefined {
  if (NUMBER.test(token)) {
    const value = Number(token)
    return Number.isFinite(value) ? value : undefined
  }
  if (INFINITY.test(token)) return token.startsWith('-') ? -Infinity : Infinity
  return token.toLowerCase() === 'nan' ? Number.NaN : undefined
}

/** The value of a run of at most 15 digits. -1 for any other range of a text. */
export function digits(text: string, start: number, end: number): number {
  if (end - start > 15 || end === start) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (!isDigit(code)) return -1
    value = value * 10 + code - 48
  }
  return value
}
