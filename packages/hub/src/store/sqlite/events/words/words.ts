/** Longest word, in UTF-16 units. A longer one is cut, in searches too. */
export const LONGEST_WORD = 64

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
      for (const [word] of lower.slice(start < 0 ? i : start).matchAll(WORD)) use(word.slice(0, LONGEST_WORD))
      return
    }
    if (isWordCode(code)) {
      if (start < 0) start = i
    } else if (start >= 0) {
      use(lower.slice(start, Math.min(i, start + LONGEST_WORD)))
      start = -1
    }
  }
  if (start >= 0) use(lower.slice(start, start + LONGEST_WORD))
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
