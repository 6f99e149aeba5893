/** Where things end in a text that is not parsed, only read from left to right. */

const BACKSLASH = 92

/** The longest word of a sentence: what is longer is no word. */
const MAX_WORD = 256

/** Whether a character may be a part of a name as it stands in texts: letters, digits and `_ . - [ ] $ %`. */
export function isNameCode(code: number): boolean {
  return NAME_CODES[code] === 1 || code > 127
}

const NAME_CODES = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]$%')
  NAME_CODES[char.charCodeAt(0)] = 1

/** Whether a character is a quote of JavaScript's. */
export function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === '`'
}

/** Whether a character stands for the end of a line: itself, or as the last letter of `\n` in a text of JSON. */
export function isLineFeed(text: string, at: number): boolean {
  const char = text[at]
  if (char === '\n' || char === '\r') return true
  return (char === 'n' || char === 'r') && text.charCodeAt(at - 1) === BACKSLASH
}

/** The first place that is no white space, at most so far away. */
export function skipSpaces(text: string, start: number, most: number): number {
  let at = start
  while (at < start + most && isSpace(text.charCodeAt(at))) at++
  return at
}

/** Where a word ends: at white space, at a quote, or at one of `ends`. */
export function tokenEnd(text: string, start: number, ends: string): number {
  let at = start
  while (at < text.length) {
    const char = text[at] ?? ''
    if (isSpace(text.charCodeAt(at)) || '"<>`'.includes(char) || ends.includes(char)) break
    if (char === '\\' && /["'`nrtu\\]/.test(text[at + 1] ?? '')) break
    at++
  }
  return at
}

/** {@link tokenEnd}, as long as it is a word of a sentence; `undefined`: it is longer. */
export function wordEnd(text: string, start: number, ends: string): number | undefined {
  const end = start + tokenEnd(text.slice(start, start + MAX_WORD), 0, ends)
  return end < start + MAX_WORD ? end : undefined
}

/**
 * Where a line ends.
 *
 * @param quotes those that end it too, unless they open a part of it: `username="bob"`
 */
export function lineEnd(text: string, start: number, quotes: string): number {
  let at = start
  while (at < text.length) {
    const char = text[at] ?? ''
    if (char === '\n' || char === '\r') break
    if (char === '\\' && /[nr]/.test(text[at + 1] ?? '')) break
    if (quotes.includes(char)) {
      const close = text[at - 1] === '=' ? text.indexOf(char, at + 1) : -1
      if (close < 0) return text.charCodeAt(at - 1) === BACKSLASH ? at - 1 : at
      at = close
    }
    at++
  }
  return at
}

/**
 * What stands between quotes, where there is one at the start, behind as many backslashes as there may be: JSON within
 * JSON. Without its second quote it goes on to the end of the text.
 */
export function quoted(text: string, start: number): readonly [start: number, end: number] | undefined {
  let open = start
  while (text.charCodeAt(open) === BACKSLASH) open++
  const quote = text[open]
  if (quote === undefined || !isQuote(quote)) return undefined
  const escapes = open - start
  let backslashes = 0
  for (let at = open + 1; at < text.length; at++) {
    if (text.charCodeAt(at) === BACKSLASH) backslashes++
    else if (text[at] === quote && backslashes <= escapes) return [open + 1, at - backslashes]
    else backslashes = 0
  }
  return [open + 1, text.length]
}

/** Behind the bracket that closes the one at the start, texts within left out. */
export function bracketed(text: string, start: number, opening = '{[', closing = '}]'): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (char === undefined) break
    if (opening.includes(char)) depth++
    else if (closing.includes(char) && --depth === 0) return at + 1
    else if (isQuote(char)) at = quoted(text, at)?.[1] ?? at
  }
  return text.length
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0
}
