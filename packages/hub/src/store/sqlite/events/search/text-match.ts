import type { StoredStrings } from '../blocks/strings.ts'
import { wordsOf } from '../words/words.ts'

/** Compares texts with words that follow each other. */
export interface TextMatch {
  /** The query of the full-text index that all matching blocks fulfil. `undefined` for a text without words. */
  readonly query: string | undefined
  matches(text: string): boolean
  /** Marks the strings that match with 1. */
  mark(strings: StoredStrings): Uint8Array
}

/**
 * A search for the words of `text`, one after the other. The last word may be the beginning of a longer one where `prefix` is set.
 * A text without words, such as `%`, is looked for as it is.
 */
export function createTextMatch(text: string, prefix = false): TextMatch {
  const words = wordsOf(text)
  const needle = text.toLowerCase()
  // The longest word is the rarest, as a rule.
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? needle

  const matches = (value: string) => {
    if (words.length === 0) return value.toLowerCase().includes(needle)
    const found = wordsOf(value)
    return found.some((_, at) => hasWordsAt(found, at, words, prefix))
  }

  const mark = (strings: StoredStrings) => {
    const marks = new Uint8Array(strings.size)
    for (const number of stringsWith(strings, longest)) if (matches(strings.at(number))) marks[number] = 1
    return marks
  }

  return { query: queryOf(words, prefix), matches, mark }
}

function hasWordsAt(
  found: readonly string[],
  at: number,
  words: readonly string[],
  prefix: boolean,
): boolean {
  return words.every((word, i) => {
    const other = found[at + i]
    return other === word || (prefix && i === words.length - 1 && other?.startsWith(word) === true)
  })
}

/** The expression of FTS5 for texts with all of the words. Words hold no quotes. */
export function queryOf(words: readonly string[], prefix: boolean): string | undefined {
  if (words.length === 0) return undefined
  const terms = words.map((word, i) => (prefix && i === words.length - 1 ? `"${word}" *` : `"${word}"`))
  return `(${[...new Set(terms)].join(' AND ')})`
}

/** Numbers of the strings that contain `part`, which is in lower case. */
function* stringsWith(strings: StoredStrings, part: string): Generator<number> {
  const lower = strings.text.toLowerCase()
  // Few characters have another length in lower case, and then the places differ.
  if (lower.length !== strings.text.length || part === '') {
    for (let number = 0; number < strings.size; number++)
      if (strings.at(number).toLowerCase().includes(part)) yield number
    return
  }
  const { offsets } = strings
  let number = 0
  for (let at = lower.indexOf(part); at >= 0; at = lower.indexOf(part, at)) {
    number = stringAt(offsets, at, number)
    const end = offsets[number + 1] ?? lower.length
    if (at + part.length <= end) {
      yield number
      at = end
    } else at++
  }
}

/** The string with the character at `position`, which is not before string `from`. */
function stringAt(offsets: Uint32Array, position: number, from: number): number {
  let low = from
  let high = offsets.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((offsets[middle] ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return low
}
