import { describe, expect, it } from '@jest/globals'
import { encodeAnswer } from '@sightline/servers/otlp'
import protobuf from 'protobufjs/minimal.js'

import { readReason, readVerdict } from '../src/answer.ts'
import type { Signal } from '../src/batch.ts'
import { ENCODINGS, seeded } from './entries.ts'

const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']
const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json; charset=utf-8' } as const

/** `google.rpc.Status`: https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto */
function statusOf(code: number, message: string): Uint8Array {
  const details = protobuf.Writer.create().uint32(10).string('type.googleapis.com/x').finish()
  return protobuf.Writer.create()
    .uint32(8)
    .int32(code)
    .uint32(18)
    .string(message)
    .uint32(26)
    .bytes(details)
    .finish()
}

describe.each(ENCODINGS)('an answer in %s', (encoding) => {
  const type = TYPES[encoding]

  it.each(SIGNALS)('to %s says what was refused', (signal) => {
    const partial = { rejected: 300, message: 'too old' }
    expect(readVerdict(encodeAnswer(signal, encoding, partial), type)).toEqual(partial)
  })

  it('says nothing where all was taken', () => {
    expect(readVerdict(encodeAnswer('traces', encoding), type)).toEqual({ rejected: 0, message: undefined })
    expect(readVerdict(new Uint8Array(), type)).toEqual({ rejected: 0, message: undefined })
  })

  it('may warn without refusing anything', () => {
    const warning = { rejected: 0, message: 'use another port' }
    expect(readVerdict(encodeAnswer('logs', encoding, warning), type)).toEqual(warning)
  })

  it('may be anything: 2,000 random ones neither throw nor invent a count that is none', () => {
    const random = seeded(11)
    const honest = encodeAnswer('traces', encoding, { rejected: 5, message: 'no' })
    for (let run = 0; run < 2_000; run++) {
      const bytes =
        run % 2 === 0
          ? Uint8Array.from({ length: random() * 40 }, () => random() * 256)
          : Uint8Array.from(honest, (byte) => (random() < 0.1 ? random() * 256 : byte))
      const { rejected, message } = readVerdict(bytes, type)
      expect(Number.isSafeInteger(rejected) && rejected >= 0).toBe(true)
      expect(message === undefined || typeof message === 'string').toBe(true)
      const reason = readReason(bytes, type)
      expect(reason === undefined || typeof reason === 'string').toBe(true)
    }
  })

  it('is read no further than an honest one would be', () => {
    const long = encodeAnswer('traces', encoding, { rejected: 5, message: 'x'.repeat(60_000) })
    expect(readVerdict(long, type).message).toBe(`${'x'.repeat(500)}…`)
    const endless = encodeAnswer('traces', encoding, { rejected: 5, message: 'x'.repeat(1_000_000) })
    expect(readVerdict(endless, type)).toEqual({ rejected: 0, message: undefined })
  })
})

describe('a refusal', () => {
  it('has its reason in a status of protobuf or JSON', () => {
    expect(readReason(statusOf(3, 'unknown tenant'), 'application/x-protobuf')).toBe('unknown tenant')
    const json = Buffer.from(JSON.stringify({ code: 3, message: 'unknown tenant' }))
    expect(readReason(json, 'application/json')).toBe('unknown tenant')
  })

  it('has its reason in a text, on one line', () => {
    expect(readReason(Buffer.from('no such\r\n\u001b[31mtenant\n'), 'text/plain; charset=utf-8')).toBe(
      'no such [31mtenant',
    )
  })

  it('has no reason where there is a web page, or nothing', () => {
    expect(readReason(Buffer.from('<h1>Bad gateway</h1>'), 'text/html')).toBeUndefined()
    expect(readReason(new Uint8Array(), 'application/x-protobuf')).toBeUndefined()
    expect(readReason(new Uint8Array(), 'application/json')).toBeUndefined()
    expect(readReason(Buffer.from(' \n'), 'text/plain')).toBeUndefined()
  })
})

describe('a count that is none', () => {
  it.each(['-5', '1.5', '"x"', '1e300', 'null', '{}', '[]', 'true'])('is nothing refused: %s', (rejected) => {
    const answer = Buffer.from(`{"partialSuccess":{"rejectedSpans":${rejected}}}`)
    expect(readVerdict(answer, 'application/json').rejected).toBe(rejected === 'true' ? 1 : 0)
  })
})
