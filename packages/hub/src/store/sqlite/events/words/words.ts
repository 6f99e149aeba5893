/** Longest word. A longer one is cut, in searches too. */
const LONGEST = 64

/** Scripts that are written without spaces: each character is a word. */
const SPACELESS = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]`
// As a text, since TypeScript accepts the flag `v` only for a later target; all supported Node.js have it.
const WORD = new RegExp(String.raw`[[\p{L}\p{N}\p{M}_]--${SPACELESS}]+|${SPACELESS}`, 'gv')

/**
 * Calls `use` with each word of a text, in lower case. A word is a run of letters, digits and underscores. So an id is one word, and
 * a path, an e-mail address, a decimal number or a UUID is a row of words, which a search finds as a phrase.
 */
export function eachWord(text: string, use: (word: string) => void): void {
  const lower = text.toLowerCase()
  let start = -1
  for (let i = 0; i < lower.length; i++) {
    const code = lower.charCodeAt(i)
    if (code > 127) {
      for (const [word] of lower.slice(start < 0 ? i : start).matchAll(WORD)) use(word.slice(0, LONGEST))
      return
    }
    if (isWordCode(code)) {
      if (start < 0) start = i
    } else if (start >= 0) {
      use(lower.slice(start, Math.min(i, start + LONGEST)))
      start = -1
    }
  }
  if (start >= 0) use(lower.slice(start, start + LONGEST))
}

/** The words of a text, in its order. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  eachWord(text, (word) => words.push(word))
  return words
}

/** Whether an ASCII code belongs to a word: 0-9, a-z, underscore. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95
}

/**
 * The word of a trace id in the index: 40 bits of its end, since the end is random in all versions of trace ids. No text has such a
 * word. A search compares the whole id afterwards.
 */
export function traceWord(ids: Uint8Array, offset: number): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = ids.subarray(offset + 11, offset + 16)
  return `~${base32((a << 12) | (b << 4) | (c >> 4))}${base32(((c & 15) << 16) | (d << 8) | e)}`
}

/** Four digits for 20 bits. */
function base32(bits: number): string {
  return (bits + 2 ** 20).toString(32).slice(1)
}
