import { describe, expect, it } from '@jest/globals'
import { encodeAnswer } from '@sightline/servers/otlp'
import protobuf from 'protobufjs/minimal.js'

import { readReason, readVerdict, type Signal, writeResponse, writeRpcStatus } from '../src/index.ts'
import { ENCODINGS } from './entries.ts'

const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']
const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const

describe.each(ENCODINGS)('a response in %s', (encoding) => {
  it.each(SIGNALS)('to %s is the one of the official definitions', (signal) => {
    const partial = { rejected: 70_000, message: 'too old: ärger' }
    const ours = Buffer.from(writeResponse(signal, encoding, { rejected: 70_000, reason: 'too old: ärger' }))
    const theirs = encodeAnswer(signal, encoding, partial)
    if (encoding === 'json') expect(JSON.parse(ours.toString())).toEqual(JSON.parse(theirs.toString()))
    else expect(ours).toEqual(theirs)
    expect(readVerdict(ours, TYPES[encoding])).toEqual(partial)
  })

  it('has a warning without rejected items', () => {
    const ours = writeResponse('logs', encoding, { rejected: 0, reason: '1 value was shortened to 5 bytes' })
    const verdict = { rejected: 0, message: '1 value was shortened to 5 bytes' }
    expect(readVerdict(ours, TYPES[encoding])).toEqual(verdict)
  })

  it('is empty if there is nothing to tell', () => {
    const ours = Buffer.from(writeResponse('traces', encoding, { rejected: 0, reason: '' }))
    expect(ours.toString()).toBe(encoding === 'json' ? '{}' : '')
  })

  it('of a refusal is a google.rpc.Status', () => {
    const status = { code: 14, message: 'The disk is full: ärger.' }
    const ours = writeRpcStatus(encoding, status)
    expect(readReason(ours, TYPES[encoding])).toBe(status.message)
    if (encoding === 'json') expect(JSON.parse(Buffer.from(ours).toString())).toEqual(status)
    else {
      const theirs = protobuf.Writer.create().uint32(8).int32(14).uint32(18).string(status.message).finish()
      expect(Buffer.from(ours)).toEqual(Buffer.from(theirs))
    }
  })
})
