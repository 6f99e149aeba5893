import { describe, expect, it } from '@jest/globals'
import { attributesOf, type Message } from '@sightline/servers/otlp'

import { createLogEncoder } from '../src/logs.ts'
import { createSpanEncoder } from '../src/spans.ts'
import { ENCODINGS, SCOPE, SPAN, TRACE, decodedEntry, seeded } from './entries.ts'

/** The expected decoding of a value, computed independently of the code under test. */
function expected(value: unknown): Message {
  if (typeof value === 'string') return { stringValue: Buffer.from(value).toString() }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? { intValue: String(value) }
      : { doubleValue: value }
  if (value === null) return {}
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return { arrayValue: value.length > 0 ? { values: value.map(expected) } : {} }
  const values = Object.entries(value as object).map(([key, held]) => ({
    key: Buffer.from(key).toString(),
    value: expected(held),
  }))
  return { kvlistValue: values.length > 0 ? { values } : {} }
}

const random = seeded(20_261_120)
const below = (limit: number): number => Math.floor(random() * limit)

/**
 * A text of all character kinds: ASCII, control, two and three bytes, surrogate pairs and lone surrogates.
 */
function randomText(): string {
  const length = random() < 0.1 ? 100 + below(400) : below(40)
  const ascii = random() < 0.5
  return Array.from({ length }, () =>
    ascii
      ? String.fromCharCode(below(128))
      : String.fromCodePoint(below(random() < 0.5 ? 0x1_0000 : 0x11_0000)),
  ).join('')
}

function randomNumber(): number {
  const kinds = [
    () => below(300) - 150,
    () => (random() - 0.5) * 10 ** below(300),
    () => Math.floor((random() - 0.5) * 2 ** (1 + below(53))),
    () => 2 ** below(53) - below(2),
    () => [0, -0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MIN_VALUE, 2 ** 63][below(6)] ?? 0,
  ]
  return kinds[below(kinds.length)]?.() ?? 0
}

function randomValue(depth = 0): unknown {
  switch (below(depth > 4 ? 6 : 8)) {
    case 0:
    case 1:
      return randomText()
    case 2:
      return randomNumber()
    case 3:
      return random() < 0.5
    case 4:
      return BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) * BigInt(below(4_096) - 2_048))
    case 5:
      return random() < 0.5 ? null : Uint8Array.from({ length: below(50) }, () => below(256))
    case 6:
      return Array.from({ length: below(5) }, () => randomValue(depth + 1))
    default:
      return Object.fromEntries(
        Array.from({ length: below(5) }, () => [randomText(), randomValue(depth + 1)]),
      )
  }
}

describe.each(ENCODINGS)('a value in %s', (encoding) => {
  const encode = createLogEncoder({ encoding })
  const body = (value: unknown): Message =>
    decodedEntry('logs', encoding, encode({ observedTime: 1, body: value, attributes: {} }, SCOPE)).body

  it('is read as it was, whatever it is: 500 random ones', () => {
    for (let run = 0; run < 500; run++) {
      const value = randomValue()
      expect(body(value)).toEqual(expected(value))
    }
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'may be the number %s',
    (value) => {
      // protobuf.js keeps the JSON strings of NaN and ±Infinity as strings.
      expect(Number(body(value).doubleValue)).toBe(value)
    },
  )

  it('is a text where a whole number needs more than 64 bits', () => {
    expect(body(2n ** 63n)).toEqual({ stringValue: '9223372036854775808' })
    expect(body(-(2n ** 63n))).toEqual({ intValue: '-9223372036854775808' })
  })

  it('has the replacement character for half of a surrogate pair', () => {
    expect(body('a\ud83d b')).toEqual({ stringValue: 'a\ufffd b' })
    expect(body(`${'long '.repeat(20)}\udc00`)).toEqual({ stringValue: `${'long '.repeat(20)}\ufffd` })
  })

  it('is cut where a text is very long, and not within a character', () => {
    expect(body('x'.repeat(1_000_000)).stringValue).toBe('x'.repeat(8_192))
    const brief = createLogEncoder({ encoding, valueLimit: 10 })
    const cut = brief(
      { observedTime: 1, body: `${'x'.repeat(9)}🌍`, attributes: { key: 'y'.repeat(11) } },
      SCOPE,
    )
    const record = decodedEntry('logs', encoding, cut)
    expect(record.body).toEqual({ stringValue: 'x'.repeat(9) })
    expect(attributesOf(record)).toEqual({ key: { stringValue: 'y'.repeat(10) } })
  })

  it('is whole at a million characters where the limit allows it', () => {
    const generous = createLogEncoder({ encoding, valueLimit: Number.POSITIVE_INFINITY })
    const text = 'ö'.repeat(1_000_000)
    const entry = generous({ observedTime: 1, body: text, attributes: { text } }, SCOPE)
    const record = decodedEntry('logs', encoding, entry)
    expect(record.body.stringValue).toBe(text)
    expect(attributesOf(record).text.stringValue).toBe(text)
  })

  it('ends somewhere, even if it holds itself', () => {
    const circular: Record<string, unknown> = { name: 'circular' }
    circular.self = circular
    circular.twice = [circular, circular]
    const text = JSON.stringify(body(circular))
    expect(text).toContain('[truncated]')
    expect(text.length).toBeLessThan(200_000)
  })

  it('is marked where it is nested deeper than readers follow', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 10_000; level++) deep = [deep]
    const text = JSON.stringify(body(deep))
    expect(text).toContain('[truncated]')
    expect(text.match(/arrayValue/g)?.length).toBe(16)
  })

  it('has no more than a thousand values in it', () => {
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key ${index}`, index]))
    const { values } = body(wide).kvlistValue
    expect(values).toHaveLength(1_001)
    expect(values.at(-1)).toEqual({ key: '…', value: { stringValue: '[truncated]' } })
    expect(body(Array.from({ length: 5_000 }, () => true)).arrayValue.values).toHaveLength(1_001)
  })

  it('may have keys that are empty, or names of every object', () => {
    const attributes = JSON.parse('{"": 1, "__proto__": 2, "constructor": 3}') as Record<string, number>
    const record = decodedEntry('logs', encoding, encode({ observedTime: 1, body: 'x', attributes }, SCOPE))
    expect(record.attributes).toEqual([
      { key: '', value: { intValue: '1' } },
      { key: '__proto__', value: { intValue: '2' } },
      { key: 'constructor', value: { intValue: '3' } },
    ])
  })

  it('stays whole with ever new keys', () => {
    const keys = Array.from({ length: 1_100 }, (_, index) => `key ${index} ${'k'.repeat(index % 200)}`)
    for (const key of [...keys, ...keys.slice(0, 100)]) {
      const entry = encode({ observedTime: 1, body: 'x', attributes: { [key]: key } }, SCOPE)
      expect(attributesOf(decodedEntry('logs', encoding, entry))).toEqual({ [key]: { stringValue: key } })
    }
  })
})

describe.each(ENCODINGS)('a moment in %s', (encoding) => {
  const encode = createSpanEncoder({ encoding })
  const written = (ms: number): string =>
    decodedEntry(
      'traces',
      encoding,
      encode(
        {
          traceId: TRACE,
          spanId: SPAN,
          traceFlags: 1,
          name: 'x',
          kind: 'internal',
          startTime: ms,
          endTime: ms,
          attributes: {},
        },
        SCOPE,
      ),
    ).startTimeUnixNano

  it('is exact to the nanosecond that a double of milliseconds has: 300 random ones', () => {
    for (let run = 0; run < 300; run++) {
      const ms = random() * 4e12
      const whole = Math.floor(ms)
      const exact = BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))
      expect(written(ms)).toBe(String(exact))
    }
  })

  it.each([
    [1, '1000000'],
    [0.000_001, '1'],
    [999.999_999_9, '1000000000'],
    [65_536, '65536000000'],
    [4_294_967.296, '4294967296000'],
    [1_763_683_200_000, '1763683200000000000'],
  ])('%d ms are %s ns', (ms, nanoseconds) => {
    expect(written(ms)).toBe(nanoseconds)
  })

  it.each([-1, Number.NaN])('is the epoch where it is %d', (ms) => {
    expect(written(ms)).toBe('0')
  })
})
