/** Finds the ends of words, lines, quotes and brackets in a text, without parsing it. */

const BACKSLASH = 92

/** Maximum length of a word in a sentence. */
const MAX_WORD = 256

/** Whether a character can be part of a name in a text: letters, digits and `_ . - [ ] $ %`. */
export function isNameCode(code: number): boolean {
  return NAME_CODES[code] === 1 || code > 127
}

const NAME_CODES = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]$%')
  NAME_CODES[char.charCodeAt(0)] = 1

/** Whether a character is a JavaScript quote. */
export function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === '`'
}

/** Whether a line ends here: a line feed, or the last letter of `\n` in JSON text. */
export function isLineFeed(text: string, at: number): boolean {
  const char = text[at]
  if (char === '\n' || char === '\r') return true
  return (char === 'n' || char === 'r') && text.charCodeAt(at - 1) === BACKSLASH
}

/** The position of the first character that is not white space, at most `most` characters away. */
export function skipSpaces(text: string, start: number, most: number): number {
  let at = start
  while (at < start + most && isSpace(text.charCodeAt(at))) at++
  return at
}

/** The end of a word: white space, a quote, or one of `ends`. */
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

/** {@link tokenEnd} for a word of a sentence. `undefined` if it is too long. */
export function wordEnd(text: string, start: number, ends: string): number | undefined {
  const end = start + tokenEnd(text.slice(start, start + MAX_WORD), 0, ends)
  return end < start + MAX_WORD ? end : undefined
}

/**
 * The end of a line.
 *
 * @param quotes quotes that also end it, unless they open a part of it: `username="bob"`
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
 * The range between quotes, if one is at the start. It may have any number of backslashes before it: JSON
 * within JSON. Without a closing quote, the range ends with the text.
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

/** The position after the bracket that closes the one at the start. Brackets in quoted texts do not count. */
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
