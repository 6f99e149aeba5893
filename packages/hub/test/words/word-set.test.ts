import { expect, test } from '@jest/globals'

import { hashOfBeginning, hashOfTrace, hashOfWord } from '../../src/store/sqlite/events/words/word-hash.ts'
import { WordSet } from '../../src/store/sqlite/events/words/word-set.ts'
import { wordsOf } from '../../src/store/sqlite/events/words/words.ts'

const TEXTS = [
  'GET /users/:id 200 in 12.5 ms',
  'Ünïcode WORDS and ascii, mixed İstanbul ÀÉ',
  '日本語のテキスト and English',
  `${'long'.repeat(40)} tail`,
  '_leading __under_score__ 1a2b3c4d-5e6f',
  '',
  '%%% ---',
]

function setOf(...texts: readonly string[]): WordSet {
  const words = new WordSet()
  for (const text of texts) words.addText(text)
  return words
}

test.each(TEXTS)('has every word that a search for %j compares, and its beginnings', (text) => {
  const hashes = new Set(setOf(text).hashes)
  for (const word of wordsOf(text)) {
    expect(hashes).toContain(hashOfWord(word))
    for (let length = 1; length <= word.length; length++) {
      const beginning = hashOfBeginning(word.slice(0, length))
      if (beginning !== undefined) expect(hashes).toContain(beginning)
    }
  }
})

test('has a hash once, however many there are', () => {
  const words = new WordSet()
  for (let round = 0; round < 2; round++) for (let n = 0; n < 50_000; n++) words.addText(`${n}`)
  const expected = new Set(Array.from({ length: 50_000 }, (_, n) => hashOfWord(`${n}`)))
  expect(words.hashes.length).toBe(expected.size)
  expect(new Set(words.hashes)).toEqual(expected)
  words.clear()
  expect(words.hashes.length).toBe(0)
})

test('has a hash of 0 once', () => {
  const words = new WordSet()
  expect([words.add(0), words.add(0), words.add(1)]).toEqual([true, false, true])
  expect([...words.hashes]).toEqual([0, 1])
})

test('a beginning, a word and a trace of the same characters differ', () => {
  const id = Buffer.from('0123456789abcdef')
  const hashes = [
    hashOfWord('89abcdef'),
    hashOfBeginning('abcdefgh'),
    hashOfWord('abcdefgh'),
    hashOfTrace(id, 0),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(hashOfBeginning('1abc')).toBeUndefined()
})
