import { describe, expect, test } from '@jest/globals'

import { parseSearch } from '../../src/query/search-language/parse-search.ts'
import { printSearch } from '../../src/query/search-language/print-search.ts'
import { SearchError } from '../../src/query/search-language/search-error.ts'
import type { Condition } from '../../src/store/search.ts'

const word = (text: string): Condition => ({ kind: 'text', text, phrase: false })
const phrase = (text: string): Condition => ({ kind: 'text', text, phrase: true })
const is = (
  field: string,
  operator: Extract<Condition, { kind: 'field' }>['is'],
  value: string,
): Condition => ({
  kind: 'field',
  field,
  is: operator,
  value,
})
const all = (...of: Condition[]): Condition => ({ kind: 'all', of })
const any = (...of: Condition[]): Condition => ({ kind: 'any', of })
const not = (of: Condition): Condition => ({ kind: 'not', of })

test.each<[string, Condition]>([
  ['', all()],
  ['  \n ', all()],
  ['*', all()],
  ['timeout', word('timeout')],
  ['payment timeout', all(word('payment'), word('timeout'))],
  ['payment AND timeout', all(word('payment'), word('timeout'))],
  ['"payment timeout"', phrase('payment timeout')],
  [String.raw`"say \"hi\" \\ there"`, phrase(String.raw`say "hi" \ there`)],
  ['service:shop', is('service', '=', 'shop')],
  ['service=shop', is('service', '=', 'shop')],
  ['http.route:/orders/:id', is('http.route', '=', '/orders/:id')],
  ['url.full:http://a/b?c=d', is('url.full', '=', 'http://a/b?c=d')],
  ['user.name:"Ada Lovelace"', is('user.name', '=', 'Ada Lovelace')],
  ['user.name:""', is('user.name', '=', '')],
  ['"odd key":value', is('odd key', '=', 'value')],
  ['größe:12', is('größe', '=', '12')],
  ['host:web-*', is('host', 'prefix', 'web-')],
  ['user.name:"Ada L"*', is('user.name', 'prefix', 'Ada L')],
  ['user.name:"*"', is('user.name', '=', '*')],
  ['user.id:*', is('user.id', 'exists', '')],
  ['level:WARNING', is('level', '=', 'warn')],
  ['level>=warn', is('level', '>=', 'warn')],
  ['level:>=warn', is('level', '>=', 'warn')],
  ['level:warn..error', all(is('level', '>=', 'warn'), is('level', '<=', 'error'))],
  ['status>=500', is('status', '>=', '500')],
  ['status:>=500', is('status', '>=', '500')],
  ['status:400..499', all(is('status', '>=', '400'), is('status', '<=', '499'))],
  ['status:5xx', all(is('status', '>=', '500'), is('status', '<=', '599'))],
  ['status:"5xx"', is('status', '=', '5xx')],
  ['temperature:-3.5..', is('temperature', '>=', '-3.5')],
  ['temperature:..1e3', is('temperature', '<=', '1e3')],
  ['duration>250ms', is('duration', '>', '250')],
  ['duration>1.5s', is('duration', '>', '1500')],
  ['duration<300us', is('duration', '<', '0.3')],
  ['duration<20µs', is('duration', '<', '0.02')],
  ['duration>=2m', is('duration', '>=', '120000')],
  ['duration>40', is('duration', '>', '40')],
  ['duration:100ms..2s', all(is('duration', '>=', '100'), is('duration', '<=', '2000'))],
  ['disk - full', all(word('disk'), word('-'), word('full'))],
  ['"%"', phrase('%')],
  ['-timeout', not(word('timeout'))],
  ['NOT timeout', not(word('timeout'))],
  ['--timeout', not(not(word('timeout')))],
  ['-"payment timeout"', not(phrase('payment timeout'))],
  ['-level:debug', not(is('level', '=', 'debug'))],
  ['-(a b)', not(all(word('a'), word('b')))],
  ['a b OR c d', any(all(word('a'), word('b')), all(word('c'), word('d')))],
  ['a (b OR c) d', all(word('a'), any(word('b'), word('c')), word('d'))],
  ['((a))', word('a')],
  ['(a OR b) OR c', any(word('a'), word('b'), word('c'))],
  ['or and not', all(word('or'), word('and'), word('not'))],
  ['12:30:05', word('12:30:05')],
  ['https://example.org/x', word('https://example.org/x')],
  ['Orders::load', word('Orders::load')],
  ['load(id)', word('load(id)')],
  ['(load(id) OR x)', any(word('load(id)'), word('x'))],
  ['re-try', word('re-try')],
])('%j is read', (text, condition) => {
  expect(parseSearch(text)).toEqual(condition)
  expect(parseSearch(printSearch(condition))).toEqual(condition)
})

test.each<[string, string]>([
  ['"open', 'The quotation mark is not closed (at position 1 of the search)'],
  ['a "open', 'The quotation mark is not closed (at position 3 of the search)'],
  ['(a', 'The parenthesis is not closed (at position 1 of the search)'],
  ['a) b', 'The parenthesis closes nothing (at position 2 of the search)'],
  ['()', 'A word or a field is expected instead of ) (at position 2 of the search)'],
  ['OR a', 'A word or a field is expected instead of OR (at position 1 of the search)'],
  ['a OR', 'The search ends where a word or a field is expected (at position 5 of the search)'],
  ['a AND OR b', 'A word or a field is expected instead of OR (at position 7 of the search)'],
  ['NOT', 'The search ends where a word or a field is expected (at position 4 of the search)'],
  ['service:', 'The field service has no value (at position 9 of the search)'],
  ['service: shop', 'The field service has no value (at position 9 of the search)'],
  [
    'time*',
    'A word cannot end with *, only a value of a field can, such as message:time* (at position 1 of the search)',
  ],
  ['host:a*b*', 'A * is only allowed at the end of "a*b" (at position 6 of the search)'],
  [
    'level:loud',
    'The level "loud" is none of unset, trace, debug, info, warn, error, fatal (at position 7 of the search)',
  ],
  ['level:w*', 'The field level has no prefixes (at position 7 of the search)'],
  [
    'duration>fast',
    'The duration "fast" is not a number with ns, us, ms, s, m or h (at position 10 of the search)',
  ],
  ['status:..', 'The range .. needs a value on one side (at position 8 of the search)'],
  ['status>5*', 'The operator > needs a number, without * (at position 8 of the search)'],
  [
    'Promise<void>',
    'The field Promise can only be compared with a number, not with "void>"; a text to search for needs quotation marks (at position 9 of the search)',
  ],
  ['x'.repeat(2049), 'The search is longer than 2048 characters (at position 2049 of the search)'],
  ['a '.repeat(65), 'The search has more than 64 terms (at position 129 of the search)'],
  [`${'('.repeat(17)}a`, 'The search is nested deeper than 16 levels (at position 17 of the search)'],
  [`${'-'.repeat(17)}a`, 'The search is nested deeper than 16 levels (at position 17 of the search)'],
])('%j is refused with one sentence', (text, sentence) => {
  expect(() => parseSearch(text)).toThrow(SearchError)
  expect(() => parseSearch(text)).toThrow(expect.objectContaining({ message: sentence }))
})

/** Numbers that look random and are the same in each run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('random searches', () => {
  const texts = [
    'a',
    'OR',
    'NOT',
    'x"y',
    String.raw`\ `,
    '-b',
    'c d',
    'e:f',
    '(g',
    'h)',
    'i*',
    '12:30',
    'ü',
    '1..2',
    '5xx',
    '.z',
  ]
  const fields = ['service', 'http.route', 'odd key', '-x', 'a:b', 'status', '"', 'OR', '1st']

  function condition(random: (below: number) => number, depth: number): Condition {
    const pick = (list: readonly string[]) => list[random(list.length)] ?? ''
    switch (random(depth > 3 ? 5 : 8)) {
      case 0:
        return phrase(pick(texts))
      case 1:
        return is(pick(fields), '=', pick([...texts, '', '*']))
      case 2:
        return is(pick(fields), 'prefix', pick(texts))
      case 3:
        return is(pick(fields), 'exists', '')
      case 4:
        return is(
          pick(['status', 'duration', 'odd key']),
          pick(['<', '<=', '>', '>=']) as '<',
          String(random(1000) / 8),
        )
      case 5:
        return not(condition(random, depth + 1))
      default: {
        const kind = random(2) === 0 ? 'all' : 'any'
        const of = Array.from({ length: 2 + random(2) }, () => condition(random, depth + 1))
        // A list in a list of the same kind is one list.
        return { kind, of: of.flatMap((each) => (each.kind === kind ? each.of : [each])) }
      }
    }
  }

  test('are the same after they are printed and read', () => {
    const random = randomFrom(7)
    for (let round = 0; round < 3000; round++) {
      const made = condition(random, 0)
      expect({ text: printSearch(made), read: parseSearch(printSearch(made)) }).toEqual({
        text: printSearch(made),
        read: made,
      })
    }
  })

  test('of any characters are read or refused, and nothing else', () => {
    const random = randomFrom(11)
    const pieces = [
      ...' ()"-:<>=.*\\'.split(''),
      'a',
      '1',
      'OR',
      'level',
      'duration',
      '..',
      'ms',
      '\u{1f600}',
      '\ud800',
      '\n',
    ]
    let refused = 0
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: random(14) }, () => pieces[random(pieces.length)]).join('')
      try {
        const read = parseSearch(text)
        expect(parseSearch(printSearch(read))).toEqual(read)
      } catch (error) {
        if (!(error instanceof SearchError)) throw error
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
  })
})
