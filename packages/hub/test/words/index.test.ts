import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { expect, test } from '@jest/globals'

import { SEGMENT_FORMAT } from '../../src/store/sqlite/events/schema.ts'
import { blocksWith } from '../../src/store/sqlite/events/words/index-reader.ts'
import { IndexWriter } from '../../src/store/sqlite/events/words/index-writer.ts'
import { hashOfWord } from '../../src/store/sqlite/events/words/word-hash.ts'
import { WordSet } from '../../src/store/sqlite/events/words/word-set.ts'

function openIndex() {
  const db = new DatabaseSync(':memory:')
  db.exec(SEGMENT_FORMAT.tables)
  const statements = new Map<string, StatementSync>()
  const segment = {
    sql(text: string) {
      const statement = statements.get(text) ?? db.prepare(text)
      statements.set(text, statement)
      return statement
    },
  }
  const writer = new IndexWriter(db, 'log')
  writer.restore()
  return {
    db,
    writer,
    find: (word: string, range = { min: -Infinity, max: Infinity }) =>
      [...blocksWith(segment, 'log', hashOfWord(word), range)].toSorted((a, b) => a - b),
    runs: () => db.prepare('SELECT level, count(*) AS runs FROM log_runs GROUP BY level').all(),
  }
}

function wordsOf(...texts: readonly string[]): WordSet {
  const words = new WordSet()
  for (const text of texts) words.addText(text)
  return words
}

const BLOCKS = 300
const firstOf = (block: number) => block * 1024
/** A block has the rows of one second. */
const timeOf = (block: number) => ({ min: block * 1000, max: block * 1000 + 999 })

test('finds each word in each block that has it, in runs of all levels', () => {
  const { db, writer, find, runs } = openIndex()
  for (let block = 0; block < BLOCKS; block++)
    writer.add(firstOf(block), timeOf(block), wordsOf('common', `word${block}`, `third${block % 3}`))
  expect(runs()).toEqual([
    { level: 0, runs: BLOCKS % 16 },
    { level: 1, runs: Math.floor((BLOCKS - 256) / 16) },
    { level: 2, runs: 1 },
  ])
  const all = Array.from({ length: BLOCKS }, (_, block) => firstOf(block))
  expect(find('common')).toEqual(all)
  expect(find('third1')).toEqual(all.filter((_, block) => block % 3 === 1))
  for (let block = 0; block < BLOCKS; block++) expect(find(`word${block}`)).toEqual([firstOf(block)])
  expect(find('missing')).toEqual([])
  db.close()
})

test('a finished index has runs of the highest level only', () => {
  const { db, writer, find, runs } = openIndex()
  for (let block = 0; block < 20; block++) writer.add(firstOf(block), timeOf(block), wordsOf(`word${block}`))
  writer.finish()
  expect(runs()).toEqual([{ level: 2, runs: 1 }])
  for (let block = 0; block < 20; block++) expect(find(`word${block}`)).toEqual([firstOf(block)])
  db.close()
})

test('goes on with the runs of a file', () => {
  const { db, find, runs } = openIndex()
  for (let block = 0; block < 40; block++) {
    const writer = new IndexWriter(db, 'log')
    writer.restore()
    writer.add(firstOf(block), timeOf(block), wordsOf(`word${block}`))
  }
  expect(runs()).toEqual([
    { level: 0, runs: 8 },
    { level: 1, runs: 2 },
  ])
  for (let block = 0; block < 40; block++) expect(find(`word${block}`)).toEqual([firstOf(block)])
  db.close()
})

test('forgets what a rollback has undone', () => {
  const { db, writer, find } = openIndex()
  for (let block = 0; block < 15; block++) writer.add(firstOf(block), timeOf(block), wordsOf(`word${block}`))
  db.exec('BEGIN')
  writer.add(firstOf(99), timeOf(99), wordsOf('undone'))
  db.exec('ROLLBACK')
  writer.restore()
  writer.add(firstOf(15), timeOf(15), wordsOf('word15'))
  expect(find('undone')).toEqual([])
  for (let block = 0; block < 16; block++) expect(find(`word${block}`)).toEqual([firstOf(block)])
  db.close()
})

test('leaves out runs without a row between two moments', () => {
  const { db, writer, find } = openIndex()
  for (let block = 0; block < 33; block++) writer.add(firstOf(block), timeOf(block), wordsOf('common'))
  const run = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => firstOf(from + n))
  expect(find('common', { min: 0, max: 0 })).toEqual(run(0, 16))
  expect(find('common', { min: 15_999, max: 16_000 })).toEqual(run(0, 32))
  expect(find('common', { min: 32_999, max: 40_000 })).toEqual(run(32, 33))
  expect(find('common', { min: 33_000, max: 40_000 })).toEqual([])
  db.close()
})
