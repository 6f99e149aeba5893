import { describe, expect, it } from '@jest/globals'

import { attributesOf, cellValue, createReader, OtlpError, VALUE } from '../../src/index.ts'
import {
  delimited,
  double,
  fixed64,
  IDS,
  message,
  number,
  pair,
  request,
  text,
  TIME,
  varintOf,
} from './wire.ts'

const reader = createReader()
const spanOf = (...fields: readonly Uint8Array[]) =>
  reader.spans(request(message(IDS, ...fields)), 'protobuf')

describe('a field that is there more than once', () => {
  it('has its last value', () => {
    const { strings, names, kinds } = spanOf(text(5, 'first'), number(6, 2), text(5, 'last'), number(6, 3))
    expect([strings[names[0] ?? 0], kinds[0]]).toEqual(['last', 3])
  })

  it('is merged where it is a message', () => {
    const { strings, statusCodes, statusMessages } = spanOf(
      delimited(15, message(text(2, 'bad'), number(3, 1))),
      delimited(15, number(3, 2)),
    )
    expect([statusCodes[0], strings[statusMessages[0] ?? 0]]).toEqual([2, 'bad'])
  })

  it('is merged where it is a resource or a scope, before or after the entries', () => {
    const span = delimited(2, IDS)
    const scope = message(delimited(1, text(1, 'name')), span, delimited(1, text(2, '1.0')))
    const resource = (key: string) => delimited(1, pair(1, key, text(1, 'x')))
    const body = delimited(1, message(resource('a'), delimited(2, scope), text(3, 'schema'), resource('b')))
    const { resources, scopes } = reader.spans(body, 'protobuf')
    expect(resources).toEqual([{ attributes: { a: 'x', b: 'x' }, droppedAttributes: 0, schemaUrl: 'schema' }])
    expect(scopes[0]).toMatchObject({ name: 'name', version: '1.0' })
  })

  it('is merged where it is the value of an attribute', () => {
    const list = (item: string) => delimited(5, delimited(1, text(1, item)))
    const key = text(1, 'key')
    const { attributes, strings } = spanOf(
      delimited(9, message(key, delimited(2, list('a')), delimited(2, list('b')))),
      delimited(9, message(key, delimited(2, list('a')), delimited(2, text(1, 'text')))),
      delimited(9, message(key, delimited(2, message(list('a'), number(2, 1), list('c'))))),
    )
    const values = [0, 1, 2].map((at) =>
      cellValue(attributes.types[at] ?? 0, attributes.numbers[at] ?? 0, strings),
    )
    expect(values).toEqual([['a', 'b'], 'text', ['c']])
  })

  it('is merged where it is the body of a log record', () => {
    const list = (item: string) => delimited(5, delimited(5, delimited(1, text(1, item))))
    const { bodyTypes, bodies, strings } = reader.logs(request(message(list('a'), list('b'))), 'protobuf')
    expect(cellValue(bodyTypes[0] ?? 0, bodies[0] ?? 0, strings)).toEqual(['a', 'b'])
  })

  it('counts as the last one where it is the data of a metric', () => {
    const point = (value: number) => delimited(1, message(TIME, double(4, value)))
    const metric = message(
      delimited(5, point(1)),
      delimited(7, message(point(2), number(2, 2))),
      text(1, 'name'),
      delimited(7, message(point(3), number(3, 1))),
    )
    const { rows, values, metrics } = reader.metrics(request(metric), 'protobuf')
    expect([...values.subarray(0, rows)]).toEqual([2, 3])
    expect(metrics).toMatchObject([{ name: 'name', kind: 'sum', temporality: 'cumulative', monotonic: true }])
  })
})

describe('a list of numbers', () => {
  const histogram = (...fields: readonly Uint8Array[]) =>
    reader.metrics(
      request(message(text(1, 'name'), delimited(9, delimited(1, message(TIME, ...fields))))),
      'protobuf',
    )

  it('is read packed and unpacked', () => {
    const bounds = [double(7, 1), double(7, 2)]
    const packed = delimited(7, Buffer.concat(bounds.map((bound) => bound.subarray(1))))
    const counts = [fixed64(6, 1n), fixed64(6, 2n), fixed64(6, 3n)]
    for (const bytes of [message(...bounds), packed]) {
      const columns = histogram(bytes, ...counts)
      expect([...columns.bounds.numbers.subarray(0, 2)]).toEqual([1, 2])
      expect([...columns.buckets.numbers.subarray(0, 3)]).toEqual([1, 2, 3])
    }
  })

  it('is read packed and unpacked where it is of varints', () => {
    const point = (buckets: Uint8Array) => delimited(10, delimited(1, message(TIME, delimited(8, buckets))))
    const buckets = [message(number(2, 1), number(2, 300)), delimited(2, message(varintOf(1), varintOf(300)))]
    for (const bytes of buckets)
      expect(
        reader.metrics(request(message(text(1, 'name'), point(bytes))), 'protobuf').exponentials[0]?.positive,
      ).toEqual([1, 300])
  })
})

describe('an unknown field', () => {
  it('is skipped, also as a group and with a known number of another wire type', () => {
    const group = message(
      varintOf((90 << 3) | 3),
      number(1, 7),
      varintOf((91 << 3) | 3),
      varintOf((91 << 3) | 4),
      varintOf((90 << 3) | 4),
    )
    const { rows, names, strings } = spanOf(
      group,
      number(5, 7),
      text(6, 'kind'),
      text(5, 'name'),
      double(300, 1),
    )
    expect([rows, strings[names[0] ?? 0]]).toEqual([1, 'name'])
  })
})

describe('an integer', () => {
  it('may take ten bytes, and is exact', () => {
    const padded = Buffer.from([0x18, 0x87, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00])
    const { attributes, strings } = spanOf(
      pair(9, 'a', padded),
      pair(9, 'b', Buffer.from([0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])),
      pair(9, 'c', Buffer.from([0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
    )
    expect(attributesOf(attributes, strings, 0)).toEqual({ a: 7, b: -1, c: 2n ** 63n - 1n })
    expect([...attributes.types.subarray(0, 3)]).toEqual([VALUE.int, VALUE.int, VALUE.bigint])
  })
})

describe('a text that is not UTF-8', () => {
  it('has replacement characters', () => {
    const { names, strings } = spanOf(delimited(5, Buffer.from([0x61, 0xff, 0xc3, 0x62])))
    expect(strings[names[0] ?? 0]).toBe('a\ufffd\ufffdb')
  })
})

describe('a body that is not protobuf of this kind', () => {
  const nested = (levels: number): Buffer => {
    let value: Buffer = text(1, 'deep')
    for (let level = 0; level < levels; level++) value = delimited(5, delimited(1, value))
    return request(message(IDS, pair(9, 'key', value)))
  }

  it.each<[string, Uint8Array, string]>([
    [
      'a number longer than ten bytes',
      Buffer.from([0x08, ...Array.from({ length: 10 }, () => 0x80), 0]),
      'longer than 10 bytes',
    ],
    ['a length beyond the end', Buffer.from([0x0a, 0x05, 1]), 'beyond the end'],
    [
      'a length of 2^64 - 1',
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
      'beyond the end',
    ],
    ['a length beyond its message', delimited(1, Buffer.from([0x12, 0x7f])), 'beyond the end'],
    ['a number beyond its message', Buffer.from([0x0a, 0x01, 0x08, 0x01]), 'beyond the end'],
    ['the field 0', Buffer.from([0x02, 0x00]), 'number 0'],
    ['a field number above 2^29', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0]), 'invalid number'],
    ['the wire type 6', Buffer.from([0x0e]), 'invalid wire type'],
    ['the wire type 7', Buffer.from([0x0f]), 'invalid wire type'],
    ['the end of no group', Buffer.from([0x0c]), 'invalid wire type'],
    ['the end of another group', Buffer.from([0x1b, 0x24]), 'wrong end'],
    ['a group without end', Buffer.from([0x1b, 0x08, 0x01]), 'beyond the end'],
    ['endless groups', Buffer.alloc(1_000_000, 0x1b), 'nested too deep'],
    ['values of 66 levels', nested(66), 'nested deeper than 64 levels'],
    ['values of 100,000 levels', nested(3_000), 'nested deeper than 64 levels'],
    [
      'a message in too many parts',
      request(
        message(
          IDS,
          delimited(
            9,
            Buffer.concat(Array.from({ length: 2 }, () => delimited(2, text(1, 'x'.repeat(600_000))))),
          ),
        ),
      ),
      'too many parts',
    ],
  ])('is refused: %s', (_, body, sentence) => {
    expect(() => reader.spans(body, 'protobuf')).toThrow(OtlpError)
    expect(() => reader.spans(body, 'protobuf')).toThrow(sentence)
  })

  it('is read with values of 64 levels', () => {
    const { attributes, strings } = reader.spans(nested(64), 'protobuf')
    expect(strings[attributes.numbers[0] ?? 0]).toBe(`${'['.repeat(64)}"deep"${']'.repeat(64)}`)
  })
})
