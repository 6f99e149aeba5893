import { describe, expect, it } from '@jest/globals'
import { createLogEncoder } from '@sightline/otlp'
import { attributesOf, type Message } from '@sightline/servers/otlp'
import pino from 'pino'

import { SCOPE, SPAN, TRACE, decodedEntry, seeded } from '../../otlp/test/entries.ts'
import { createLogLineReader } from '../src/export/log-line.ts'

const NOW = 1_700_000_000_500

describe('a line of pino', () => {
  const encode = createLogEncoder()
  const readLine = createLogLineReader({ service: 'orders' })
  const read = (line: string): Message => decodedEntry('logs', 'protobuf', encode(readLine(line, NOW), SCOPE))
  const readObject = (fields: object): Message => read(`${JSON.stringify(fields)}\n`)

  it('has its level, time, message and ids in their places', () => {
    const record = readObject({
      level: 'info',
      time: '2023-11-14T22:13:20.123Z',
      service: 'orders',
      request_id: 'r-1',
      trace_id: TRACE,
      span_id: SPAN,
      status: 200,
      duration_ms: 1.25,
      route: null,
      msg: 'request completed',
    })
    expect(record).toEqual({
      timeUnixNano: '1700000000123000000',
      observedTimeUnixNano: '1700000000500000000',
      severityNumber: 9,
      severityText: 'info',
      body: { stringValue: 'request completed' },
      traceId: TRACE,
      spanId: SPAN,
      attributes: expect.anything(),
    })
    expect(attributesOf(record)).toEqual({
      request_id: { stringValue: 'r-1' },
      status: { intValue: '200' },
      duration_ms: { doubleValue: 1.25 },
      route: {},
    })
  })

  it.each([
    ['trace', 1],
    ['debug', 5],
    ['info', 9],
    ['warn', 13],
    ['error', 17],
    ['fatal', 21],
  ] as const)('of level %s has severity %d, by name and by number', (level, severity) => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    pino({ level: 'trace' }, { write })[level]('by number')
    pino({ level: 'trace', formatters: { level: (name) => ({ level: name }) } }, { write })[level]('by name')
    for (const line of lines)
      expect(read(line)).toMatchObject({ severityNumber: severity, severityText: level })
    expect(lines).toHaveLength(2)
  })

  it.each([
    [35, 11, 'info'],
    [5, 1, 'trace'],
    [1_000, 24, 'fatal'],
  ])('of the level %d of somebody’s own has severity %d', (level, severityNumber, severityText) => {
    expect(readObject({ level, msg: 'x' })).toMatchObject({ severityNumber, severityText })
  })

  it('keeps a level that nobody knows as an attribute', () => {
    const record = readObject({ level: 'shout', msg: 'x' })
    expect(record.severityText).toBe('shout')
    expect(record).not.toHaveProperty('severityNumber')
    expect(attributesOf(record)).toEqual({ level: { stringValue: 'shout' } })
  })

  it('has its error under the names of the conventions', () => {
    const record = readObject({
      level: 'error',
      err: { type: 'TypeError', message: 'no', stack: 'TypeError: no\n    at x', code: 'E_NO' },
      msg: 'request failed',
    })
    expect(attributesOf(record)).toEqual({
      'exception.type': { stringValue: 'TypeError' },
      'exception.message': { stringValue: 'no' },
      'exception.stacktrace': { stringValue: 'TypeError: no\n    at x' },
      err: { kvlistValue: { values: [{ key: 'code', value: { stringValue: 'E_NO' } }] } },
    })
  })

  it('of another service keeps its name', () => {
    expect(attributesOf(readObject({ service: 'billing', msg: 'x' }))).toEqual({
      service: { stringValue: 'billing' },
    })
  })

  it.each([
    ['too short', { trace_id: 'abc', span_id: SPAN }],
    ['all zero', { trace_id: '0'.repeat(32), span_id: SPAN }],
    ['no text', { trace_id: 7, span_id: SPAN }],
    ['not hexadecimal', { trace_id: `${'0'.repeat(31)}x`, span_id: SPAN }],
  ])('keeps ids that are none as attributes: %s', (_, fields) => {
    const record = readObject({ ...fields, msg: 'x' })
    expect(record).not.toHaveProperty('traceId')
    expect(record).not.toHaveProperty('spanId')
    expect(Object.keys(attributesOf(record))).toEqual(['trace_id', 'span_id'])
  })

  it('keeps whole numbers that no double can hold', () => {
    const record = read(
      '{"msg":"x","id":9007199254740993,"huge":123456789012345678901234567890,"near":0.1234567890123456789}',
    )
    expect(attributesOf(record)).toEqual({
      id: { intValue: '9007199254740993' },
      huge: { stringValue: '123456789012345678901234567890' },
      near: { doubleValue: 0.123_456_789_012_345_68 },
    })
  })

  it.each([
    ['no JSON', 'Server listening on 3000\n', { stringValue: 'Server listening on 3000' }],
    ['JSON that was cut', '{"level":"info","msg":"x', { stringValue: '{"level":"info","msg":"x' }],
    ['nothing', '\n', { stringValue: '' }],
    ['a list', '[1,"a"]', { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }] } }],
    ['a text', '"hello"', { stringValue: 'hello' }],
    ['null', 'null', {}],
    ['controls', '\u0000\u001b[31m', { stringValue: '\u0000\u001b[31m' }],
  ])('is a message as it stands where it is %s', (_, line, body) => {
    expect(read(line)).toEqual({ body, observedTimeUnixNano: '1700000000500000000' })
  })

  it.each([
    ['a time that is none', { time: 'yesterday' }],
    ['a time before time', { time: -1 }],
    ['a time beyond time', { time: 1e300 }],
    ['a nested time', { time: { ms: 1 } }],
    ['a nested level', { level: { name: 'info' } }],
    ['an error that is a text', { err: 'no' }],
    ['an error that is empty', { err: {} }],
    ['an error that is null', { err: null }],
  ])('keeps %s as an attribute', (_, fields) => {
    const record = readObject({ ...fields, msg: 'x' })
    expect(Object.keys(attributesOf(record))).toEqual(Object.keys(fields))
    expect(record).not.toHaveProperty('timeUnixNano')
  })

  it('has names of every object for names like any other', () => {
    const record = read('{"msg":"x","__proto__":{"polluted":true},"constructor":1,"toString":2}')
    expect(record.attributes.map(({ key }: Message) => key as string)).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('is encoded whatever it is: 2,000 lines with random damage', () => {
    const random = seeded(7)
    const line = JSON.stringify({
      level: 'warn',
      time: NOW,
      trace_id: TRACE,
      err: { message: 'ö', stack: 'x' },
      a: [{ b: 1 }],
    })
    for (let run = 0; run < 2_000; run++) {
      const at = Math.floor(random() * line.length)
      const damage = String.fromCharCode(Math.floor(random() * 0x1_0000))
      const damaged = line.slice(0, at) + damage + line.slice(at + Math.floor(random() * 3))
      expect(read(damaged).observedTimeUnixNano).toBe('1700000000500000000')
    }
  })
})
