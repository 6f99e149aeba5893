import { expect, test } from '@jest/globals'

import { fieldTerm } from '../../src/search/field-term.ts'
import {
  parted,
  searchOf,
  termsOf,
  toggled,
  typedSearch,
  valuesOf,
  withoutValues,
  withText,
  wordsOf,
} from '../../src/search/terms.ts'

const texts = (q: string) => termsOf(q).map(({ text }) => text)

test('divides a search at spaces outside of quotation marks and parentheses', () => {
  expect(texts('service:shop -"health check" (a OR b) "odd key":"x \\" y" f(x y)')).toEqual([
    'service:shop',
    '-"health check"',
    '(a OR b)',
    '"odd key":"x \\" y"',
    'f(x y)',
  ])
  expect(texts('a AND NOT b')).toEqual(['a', '-b'])
  expect(texts('"not closed')).toEqual(['"not closed'])
})

test('keeps alternatives at the top as one term', () => {
  expect(texts('a b OR c')).toEqual(['a b OR c'])
  expect(withText('a OR b', 'level:error')).toBe('(a OR b) level:error')
  expect(withText('service:shop', 'a OR b')).toBe('service:shop (a OR b)')
})

test('reads field, operator and value of a term', () => {
  expect(termsOf('-level>=warn')).toEqual([
    { text: '-level>=warn', not: true, field: 'level', operator: '>=', value: 'warn' },
  ])
  expect(termsOf('https://example.org Orders::load 12:30:05').map(({ field }) => field)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test.each([
  ['service', 'shop', 'service:shop'],
  ['route', '/orders/:id', 'route:/orders/:id'],
  ['user.name', 'Ada "the first" Lovelace', String.raw`user.name:"Ada \"the first\" Lovelace"`],
  ['odd key', 'x', '"odd key":x'],
  ['status', '5xx', 'status:"5xx"'],
  ['range', '1..2', 'range:"1..2"'],
  ['path', '//x', 'path:"//x"'],
  ['word', 'a*', 'word:"a*"'],
  ['word', '', 'word:""'],
])('writes %s with the value %s so that it means nothing else', (field, value, text) => {
  expect(fieldTerm(field, value)).toBe(text)
  expect(valuesOf(text, field)).toEqual([value])
})

test('adds and takes back values of a field as alternatives', () => {
  const one = toggled('timeout level>=warn', 'instance', 'a-1')
  expect(one).toBe('timeout level>=warn instance:a-1')
  const two = toggled(one, 'instance', 'a-2')
  expect(two).toBe('timeout level>=warn (instance:a-1 OR instance:a-2)')
  expect(valuesOf(two, 'instance')).toEqual(['a-1', 'a-2'])
  expect(withoutValues(two, 'instance')).toBe('timeout level>=warn')
  expect(toggled(two, 'instance', 'a-1')).toBe('timeout level>=warn instance:a-2')
  expect(toggled('instance:a-1', 'instance', 'a-1')).toBe('')
  expect(valuesOf('instance:a-* -instance:b status:4..5', 'instance')).toEqual([])
})

test('searches for the beginning of a value that the hub has cut', () => {
  expect(toggled('a', 'service', 'x'.repeat(200))).toBe(`a service:${'x'.repeat(200)}*`)
  expect(toggled('a', 'service', '"'.repeat(200))).toBe(`a service:"${String.raw`\"`.repeat(200)}"*`)
})

test('does not add a term twice', () => {
  expect(withText('a level:warn', 'level:warn')).toBe('a level:warn')
  expect(searchOf([{ text: ' a ' }, { text: '' }])).toBe('a')
})

test('looks for a typed id of a trace or span as such and as a value', () => {
  const [trace, span] = ['4BF92F3577B34DA6A3CE929D0E0E4736', '00f067aa0ba902b7']
  expect(typedSearch(` ${trace} `)).toBe(`trace:${trace.toLowerCase()} OR ${trace}`)
  expect(withText('level:error', typedSearch(span))).toBe(`level:error (span:${span} OR ${span})`)
  for (const text of ['order 77', '2a558bdb0020cc78-1vs', `${span} slow`])
    expect(typedSearch(text)).toBe(text)
})

test('finds the words to mark, and where they stand', () => {
  expect(wordsOf('Pool "waited 1 s" -debug service:shop message:slow (x OR "y z")')).toEqual([
    'pool',
    'waited 1 s',
    'slow',
    'x',
    'y z',
  ])
  expect(wordsOf('a b OR c')).toEqual(['a', 'b', 'c'])
  expect(parted('pool pg: Waited (1) s', ['waited', '(1)'])).toEqual([
    'pool pg: ',
    'Waited',
    ' ',
    '(1)',
    ' s',
  ])
})
