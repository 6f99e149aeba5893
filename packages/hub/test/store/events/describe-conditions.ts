import { describe, expect, test } from '@jest/globals'

import type { Condition } from '../../../src/store/search.ts'
import type { LogRow } from '../columns.ts'
import type { Bench } from './bench.ts'
import { allPages, field, MS, not, resourceOf, START, text, traceId, writeLogs } from './samples.ts'

/** Records whose bodies begin with their name. */
const records: readonly LogRow[] = [
  { body: 'a: GET /users/42/orders took 12.5 ms', severity: 9, resource: resourceOf('api', 'one', '1.2.0') },
  { body: 'b: payment FAILED for ann.lee@example.com', severity: 17, resource: resourceOf('payments') },
  {
    body: 'c: timeout',
    severity: 13,
    attributes: { 'user.id': 42, route: '/cart', ok: true, ratio: 0.25, whole: 3 },
  },
  {
    body: 'd: Über naïve 東京タワー',
    severity: 5,
    attributes: { id: '7f3a9c1e-0b2d-4e5f-8a6b-1c2d3e4f5a6b' },
  },
  { body: { msg: 'e: structured', code: 'E_CONN' }, severity: 21, traceId: traceId(77) },
  { body: 'f: snake_case dotted.name kebab-name', attributes: { list: ['red', 'green'], big: 2n ** 60n } },
  {
    body: 'g: 100% sure',
    severity: 1,
    attributes: { 'exception.type': 'RangeError', 'exception.message': 'out of range' },
  },
]

const cases: readonly (readonly [name: string, where: Condition, expected: string])[] = [
  ['a word', text('took'), 'a'],
  ['a word in another case', text('failed'), 'b'],
  ['no part of a word', text('time'), ''],
  ['a beginning of a word', text('time*'), 'c'],
  ['a phrase', text('payment failed', true), 'b'],
  ['no phrase of other order', text('failed payment', true), ''],
  ['a path', text('/users/42/orders'), 'a'],
  ['a part of a path', text('/users'), 'a'],
  ['a number, wherever it is', text('42'), 'ac'],
  ['a fraction in a text', text('12.5'), 'a'],
  ['an e-mail address', text('ann.lee@example.com'), 'b'],
  ['a part of an e-mail address', text('example.com'), 'b'],
  ['an id', text('7f3a9c1e-0b2d-4e5f-8a6b-1c2d3e4f5a6b'), 'd'],
  ['the beginning of an id', text('7F3A9C1E'), 'd'],
  ['letters of other languages', text('über NAÏVE'), 'd'],
  ['a word of a language without spaces', text('京タ'), 'd'],
  ['a word in a structured body', text('E_CONN'), 'e'],
  ['a word in a list', text('green'), 'f'],
  ['an underscore within a word', text('snake'), ''],
  ['a dash between words', text('kebab'), 'f'],
  ['a sign that is no word', text('%'), 'g'],
  ['a value that is true', text('true'), 'c'],
  ['a quote as it is', text('"OR" NOT *'), ''],
  ['words of one text only', text('timeout 42'), ''],
  ['service', field('service', 'API'), 'a'],
  ['version', field('version', '1.2', 'prefix'), 'a'],
  ['instance', field('instance', 'one', 'exists'), 'ab'],
  ['level', field('level', 'error'), 'b'],
  ['level as a number', field('level', '17'), 'b'],
  ['level or more', field('level', 'warn', '>='), 'bce'],
  ['more than a level', field('level', 'warn', '>'), 'be'],
  ['less than a level', field('level', 'info', '<'), 'dg'],
  ['a level or less', field('level', 'info', '<='), 'adg'],
  ['an unknown level', field('level', 'loud'), ''],
  ['an attribute', field('user.id', '42'), 'c'],
  ['no other value', field('user.id', '4'), ''],
  ['the beginning of a value', field('id', '7f3a9c1e-0b2d-4e5f-8a6b-1c', 'prefix'), 'd'],
  ['the existence of an attribute', field('user.id', '', 'exists'), 'c'],
  ['an attribute of the resource', field('service.version', '1.2.0'), 'a'],
  ['more than a number', field('user.id', '41.5', '>'), 'c'],
  ['not more than a number', field('user.id', '42', '>'), ''],
  ['a fraction', field('ratio', '0.25'), 'c'],
  ['a whole number', field('whole', '3'), 'c'],
  ['a large integer', field('big', String(2n ** 60n)), 'f'],
  ['true', field('ok', 'true'), 'c'],
  ['route', field('route', '/cart'), 'c'],
  ['message', field('message', 'took'), 'a'],
  ['trace', field('trace', traceId(77)), 'e'],
  ['an error', field('error', 'rangeerror'), 'g'],
  ['the message of an error', field('error', 'of range'), 'g'],
  ['any error', field('error', '', 'exists'), 'beg'],
  ['an unknown field', field('nothing', 'x'), ''],
  ['the name of a property of objects', field('constructor', '', 'exists'), ''],
  ['all', { kind: 'all', of: [text('42'), field('level', 'warn')] }, 'c'],
  ['any', { kind: 'any', of: [text('timeout'), text('100')] }, 'cg'],
  [
    'any, with one that no index knows',
    { kind: 'any', of: [text('timeout'), field('error', '', 'exists')] },
    'bceg',
  ],
  ['not', not({ kind: 'any', of: [text('42'), field('level', 'error', '>=')] }), 'dfg'],
  ['all of none', { kind: 'all', of: [] }, 'abcdefg'],
  ['any of none', { kind: 'any', of: [] }, ''],
]

/** What conditions mean. */
export function describeConditions(bench: Bench): void {
  const nameOf = (body: unknown) =>
    (typeof body === 'string' ? body : String((body as { readonly msg: unknown }).msg))[0]
  const find = async (where: Condition) =>
    (await allPages(bench.reader(), { where }))
      .map(({ body }) => nameOf(body) ?? '')
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join('')
  const write = (copies: number) => {
    const filler = Array.from({ length: copies }, (_, n) => ({
      time: START,
      body: `z: filler ${n + 1000}`,
      severity: 9,
    }))
    writeLogs(bench, [
      ...filler,
      ...records.map((record, n) => ({ ...record, time: START + BigInt(n) * MS })),
    ])
  }

  describe('a condition', () => {
    test.each(cases)('%s', async (_name, where, expected) => {
      write(0)
      expect(await find(where)).toBe(expected)
    })

    test('finds the same among many records, with and without an index', async () => {
      write(1500)
      for (const [name, where, expected] of cases) {
        const known = { kind: 'all' as const, of: [where, not(text('filler'))] }
        expect([name, await find(known)]).toEqual([name, expected])
        // An index cannot help with a negation.
        expect([name, await find(not(not(known)))]).toEqual([name, expected])
      }
    })
  })
}
