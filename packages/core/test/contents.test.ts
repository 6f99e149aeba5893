import { createReadStream } from 'node:fs'
import { sensitiveHeaders } from 'node:http2'
import { runInNewContext } from 'node:vm'

import { describe, expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'

import { createPrinter } from '../src/printing/printer.ts'

const printer = createPrinter(createSecrets([]))

class Hidden {
  readonly #content = 1

  get content() {
    return this.#content
  }
}

function formOf(entries: ReadonlyArray<readonly [string, string | Blob]>): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

describe('a value whose content is in no properties', () => {
  it.each<[string, unknown, unknown]>([
    [
      'a map with numbers as keys',
      new Map([
        [17, 'books'],
        [18, 'pens'],
      ]),
      { 17: 'books', 18: 'pens' },
    ],
    [
      'a map whose keys look the same',
      new Map<unknown, unknown>([
        [1, 'a'],
        ['1', 'b'],
      ]),
      { '1': 'a', '1 (2)': 'b' },
    ],
    [
      'a map with objects and symbols as keys',
      new Map<unknown, unknown>([
        [{ id: 1 }, 'a'],
        [{ id: 2 }, 'b'],
        [Symbol('s'), 'c'],
        [null, 'd'],
        [undefined, 'e'],
        [new Date(0), 'f'],
      ]),
      {
        '{"id":1}': 'a',
        '{"id":2}': 'b',
        'Symbol(s)': 'c',
        null: 'd',
        undefined: 'e',
        '1970-01-01T00:00:00.000Z': 'f',
      },
    ],
    ['a set', new Set(['a', 2]), ['a', 2]],
    [
      'parameters',
      new URLSearchParams('page=2&token=t-1&a=1&a=2&code=c'),
      { page: '2', token: '[redacted]', a: ['1', '2'], code: '[redacted]' },
    ],
    ['headers', new Headers({ accept: 'x', 'X-Api-Key': 'k' }), { accept: 'x', 'x-api-key': '[redacted]' }],
    [
      'a form',
      formOf([
        ['a', '1'],
        ['a', '2'],
        ['card[cvv]', '123'],
        ['file', new Blob(['x'])],
      ]),
      { a: ['1', '2'], 'card[cvv]': '[redacted]', file: '[File]' },
    ],
    ['a URL', new URL('https://u:pw@h/?token=t&a=1'), 'https://u:[redacted]@h/?token=[redacted]&a=1'],
    ['a regular expression', /a+/gi, '/a+/gi'],
    ['a boxed text', Object('x'), 'x'],
    ['a boxed number', Object(3), 3],
    ['a boxed boolean', Object(false), false],
    ['a boxed BigInt', Object(3n), '3'],
    ['a boxed symbol', Object(Symbol('s')), 'Symbol(s)'],
    ['numbers in a typed array', new Float64Array([1.5, 2]), [1.5, 2]],
    ['BigInts in a typed array', new BigInt64Array([1n]), ['1']],
    [
      'an event',
      new CustomEvent('paid', { detail: { token: 't' } }),
      { type: 'paid', detail: { token: '[redacted]' } },
    ],
    [
      'what it was made from',
      Object.create({ tenant: 't', secret: 's' }),
      { tenant: 't', secret: '[redacted]' },
    ],
    ['symbols alone', { [Symbol('s')]: 1 }, { 'Symbol(s)': 1 }],
  ])('is shown: %s', (_, value, shown) => {
    expect(printer.value(value)).toEqual(shown)
    expect(printer.value({ deep: [value] })).toEqual({ deep: [shown] })
  })

  it.each<[string, unknown]>([
    ['[Blob]', new Blob(['abc'])],
    ['[File]', new File(['abc'], 'a.txt')],
    ['[Uint8Array of 3 bytes]', new Uint8Array(3)],
    ['[Buffer of 3 bytes]', Buffer.from('abc')],
    ['[DataView of 4 bytes]', new DataView(new ArrayBuffer(4))],
    ['[ArrayBuffer of 8 bytes]', new ArrayBuffer(8)],
    ['[SharedArrayBuffer of 8 bytes]', new SharedArrayBuffer(8)],
    ['[WeakMap]', new WeakMap()],
    ['[WeakSet]', new WeakSet()],
    ['[WeakRef]', new WeakRef({})],
    ['[promise]', Promise.resolve()],
    ['[Map]', new Proxy(new Map([[1, 2]]), {})],
    ['[Generator]', (function* () {})()],
    ['[AsyncGenerator]', (async function* () {})()],
    ['[Map Iterator]', new Map().entries()],
    ['[Intl.NumberFormat]', new Intl.NumberFormat('en')],
    ['[ReadableStream]', new ReadableStream()],
    ['[ReadStream]', createReadStream('/dev/null')],
    ['[AbortController]', new AbortController()],
    ['[Math]', Math],
    ['[Hidden]', new Hidden()],
    ['Invalid Date', new Date(Number.NaN)],
  ])('is named where it cannot be read: %s', (shown, value) => {
    expect(printer.value(value)).toBe(shown)
  })

  it('is empty only where the value is', () => {
    expect(printer.value([{}, Object.create(null), new Map(), new Set(), new URLSearchParams()])).toEqual([
      {},
      {},
      {},
      [],
      {},
    ])
  })

  it('is told whatever realm a value is of', () => {
    const other = (code: string) => printer.value(runInNewContext(code))
    expect(other('new Map([[1, { token: "t" }]])')).toEqual({ 1: { token: '[redacted]' } })
    expect(other('new Set([1])')).toEqual([1])
    expect(other('new Date(0)')).toBe('1970-01-01T00:00:00.000Z')
    expect(other('({ a: 1, password: "p" })')).toEqual({ a: 1, password: '[redacted]' })
    expect(other('({})')).toEqual({})
    expect(other('new Error("token=t")')).toMatchObject({ message: 'token=[redacted]' })
  })

  it('stays within the bounds of a value', () => {
    const map = new Map(Array.from({ length: 100_000 }, (_, i) => [{ i, text: 'x'.repeat(100) }, i]))
    const parameters = new URLSearchParams(
      Array.from({ length: 100_000 }, (_, i): [string, string] => [`k${i}`, 'v'.repeat(100)]),
    )
    for (const value of [map, parameters, new Float64Array(100_000)])
      expect(JSON.stringify(printer.value(value)).length).toBeLessThan(100_000)
  })
})

describe('a value whose name stands beside it', () => {
  it.each<[string, unknown]>([
    ['a URL that something is kept under', { '/a?token=hunter2': 1 }],
    [
      'a URL as the key of a map',
      new Map<unknown, unknown>([
        ['/a?token=hunter2', 1],
        [new URL('https://u:hunter2@h/'), 2],
      ]),
    ],
    ['raw headers', ['Host', 'h', 'X-Api-Key', 'hunter2', 'Accept', 'x']],
    ['a pair', ['password', 'hunter2']],
    [
      'pairs',
      [
        ['x-api-key', 'hunter2'],
        ['accept', 'x'],
      ],
    ],
    [
      'a name and a value',
      [
        { name: 'X-Api-Key', value: 'hunter2' },
        { key: 'password', value: 'hunter2' },
      ],
    ],
    ['a command', { name: 'auth', args: ['hunter2'] }],
    ['a command line', ['node', 'app.js', '--password', 'hunter2', '-v']],
    ['lines of a head', ['Host: h', 'X-Api-Key: hunter2']],
    [
      'what HTTP/2 is told to keep out of tables',
      { ':path': '/', 'x-tenant-code': 'hunter2', [sensitiveHeaders]: ['x-tenant-code'] },
    ],
  ])('is masked: %s', (_, value) => {
    const shown = JSON.stringify([printer.value({ value }), printer.fields({ value })])
    expect(shown).not.toContain('hunter2')
    expect(shown).toContain('[redacted]')
  })

  it('is masked where the pair is the line itself', () => {
    expect(printer.fields({ name: 'X-Api-Key', value: 'hunter2' })).toEqual({
      name: 'X-Api-Key',
      value: '[redacted]',
    })
  })

  it.each([[['user', 'email', 'name']], [['GET', 'HEAD']], [[1, 2]], [[{ name: 'color', value: 'red' }]]])(
    'stays where the name is no secret: %j',
    (value) => {
      expect(printer.value(value)).toEqual(value)
    },
  )
})

it('shows what is handed over as the fields of a line like any other value', () => {
  expect(printer.fields(new Map([['a', 1]]))).toEqual({ a: 1 })
  expect(printer.fields(new URLSearchParams('a=1&time=2&token=t'))).toEqual({
    a: '1',
    time_: '2',
    token: '[redacted]',
  })
  expect(printer.fields(Buffer.from('abc'))).toEqual({ value: '[Buffer of 3 bytes]' })
})
