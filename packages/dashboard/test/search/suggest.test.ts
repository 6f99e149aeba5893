import { expect, test } from '@jest/globals'

import { LOG_FIELDS, type Facet } from '../../src/search/fields.ts'
import { createHistory } from '../../src/search/history.ts'
import { suggestionsOf, typedOf } from '../../src/search/suggest.ts'

const NOW = 1_769_860_800_000
const FACETS: Facet[] = [
  {
    field: 'level',
    values: [
      { value: 'info', count: 90 },
      { value: 'warn', count: 7 },
      { value: 'error', count: 3 },
    ],
  },
  {
    field: 'route',
    values: [
      { value: '/pay now', count: 60 },
      { value: '/carts', count: 40 },
    ],
  },
]
const RECENT = [{ q: 'service:pay level>=warn', at: NOW - 120_000, hits: 412 }]
const suggest = (text: string) => suggestionsOf(text, FACETS, LOG_FIELDS, RECENT, NOW)

test('reads what is typed at the end', () => {
  expect(typedOf('')).toEqual({ before: '', not: false, begun: '' })
  expect(typedOf('timeout -ser')).toEqual({ before: 'timeout ', not: true, begun: 'ser' })
  expect(typedOf('a "b c" user.name:"Ada L')).toEqual({
    before: 'a "b c" ',
    not: false,
    field: 'user.name',
    operator: ':',
    begun: 'Ada L',
  })
  expect(typedOf('level>=w')).toMatchObject({ field: 'level', operator: '>=', begun: 'w' })
})

test('offers the usual terms and earlier searches before anything is typed', () => {
  expect(suggest('').map(({ group, text, about, count }) => [group, text, about, count])).toEqual([
    ['Fields', 'level>=warn', 'level and above', 10],
    ['Fields', 'route:"/pay now"', '2 values', 60],
    ['Recent', 'service:pay level>=warn', '2\u202fmin ago', 412],
  ])
})

test('offers fields that begin so first, then values, then earlier searches', () => {
  const offered = suggest('x -er')
  expect(offered[0]).toMatchObject({ shown: '-error:', text: 'x -error:', isWhole: false })
  expect(offered.find(({ group }) => group === 'Values')).toMatchObject({ text: 'x -level:error', count: 3 })
  expect(suggest('pay').map(({ text }) => text)).toEqual(['route:"/pay now"', 'service:pay level>=warn'])
})

test('offers the values of a field', () => {
  expect(suggest('a route:car').map(({ text }) => text)).toEqual(['a route:/carts'])
  expect(suggest('level>=de').map(({ text }) => text)).toEqual(['level>=debug'])
  expect(suggestionsOf('level:er', [], LOG_FIELDS, [], NOW).map(({ text }) => text)).toEqual(['level:error'])
  expect(suggest('unknown:')).toEqual([])
})

test('keeps the newest 20 searches, each once, and passes over what it did not write', () => {
  const stored = new Map([['sightline.searches.logs', '[{"q":1},null,{"q":"old","at":1}]']])
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  }
  const history = createHistory(storage, 'logs')
  expect(history.all()).toEqual([{ q: 'old', at: 1 }])
  for (let at = 0; at < 30; at++) history.add({ q: `q${at % 25}`, at })
  history.add({ q: ' ', at: 99 })
  expect(history.all()).toHaveLength(20)
  expect(history.all()[0]).toEqual({ q: 'q4', at: 29 })
  stored.set('sightline.searches.logs', '{')
  expect(history.all()).toEqual([])
})

test('works without a storage that can be written', () => {
  const history = createHistory(
    {
      getItem: () => null,
      setItem() {
        throw new Error('full')
      },
    },
    'logs',
  )
  expect(() => history.add({ q: 'a', at: 1 })).not.toThrow()
})
