import type { StoredStrings } from '../blocks/strings.ts'
import { type WordQuery, wordQuery } from '../words/word-query.ts'
import { isWordCode, wordsOf } from '../words/words.ts'

/** Compares texts with words that follow each other. */
export interface TextMatch {
  /** The query of the index of words that all matching blocks fulfil. `undefined` where the index cannot tell. */
  readonly query: WordQuery | undefined
  /** Whether a number can match. */
  readonly isNumber: boolean
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
    const [word] = words
    const single = words.length === 1 && word !== undefined && isPlain(word) ? { prefix } : undefined
    for (const { number, isWord } of stringsWith(strings, longest, single)) {
      if (isWord ?? matches(strings.at(number))) marks[number] = 1
    }
    return marks
  }

  return { query: wordQuery(words, prefix), isNumber: words.every((word) => /^\d/.test(word)), matches, mark }
}

/** Whether a word is ASCII and was not cut, so that the characters beside it tell whether it is one. */
function isPlain(word: string): boolean {
  return /^[0-9a-z_]{1,63}$/.test(word)
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

/** A string that contains a part. `isWord` is undefined where the whole string has to be compared. */
interface Occurrence {
  readonly number: number
  readonly isWord: true | undefined
}

/**
 * The strings that contain `part`, which is in lower case. Where it is a `single` word, strings in which it is only a part of other words are
 * left out.
 */
function* stringsWith(
  strings: StoredStrings,
  part: string,
  single: { readonly prefix: boolean } | undefined,
): Generator<Occurrence> {
  const lower = strings.lower
  // Few characters have another length in lower case, and then the places differ.
  if (lower === undefined || part === '') {
    for (let number = 0; number < strings.size; number++) {
      if (strings.at(number).toLowerCase().includes(part)) yield { number, isWord: undefined }
    }
    return
  }
  const { offsets } = strings
  let number = 0
  for (let at = lower.indexOf(part); at >= 0; at = lower.indexOf(part, at)) {
    number = stringAt(offsets, at, number)
    const start = offsets[number] ?? 0
    const end = offsets[number + 1] ?? lower.length
    const after = at + part.length
    const left = at === start ? 0 : lower.charCodeAt(at - 1)
    const right = after >= end || single?.prefix ? 0 : lower.charCodeAt(after)
    const isPart = single !== undefined && (isWordCode(left) || isWordCode(right))
    if (after > end || isPart) {
      at++
      continue
    }
    yield { number, isWord: single && left < 128 && right < 128 ? true : undefined }
    at = end
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
