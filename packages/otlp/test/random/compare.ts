import { inspect, isDeepStrictEqual } from 'node:util'

import { decodeProtobuf, encodeProtobuf, type Message } from '@sightline/servers/otlp'

import type { Signal } from '../../src/batch.ts'
import { createReader, type Reader } from '../../src/index.ts'
import type { Encoding } from '../../src/writer.ts'
import { seeded } from '../entries.ts'
import { logRows, pointRows, spanRows } from './columns.ts'
import { jsonOf, scrambled } from './encodings.ts'
import { chanceOf, messagesOf } from './messages.ts'
import type { Expected } from './official-origins.ts'
import { expectedPoints } from './official-points.ts'
import { expectedLogs, expectedSpans } from './official.ts'

const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']

/**
 * Compares random requests with the official definitions: in protobuf as the definitions encode them, in protobuf with the fields in
 * another order and unknown ones between them, and in JSON.
 *
 * @throws {Error} with the first difference
 */
export function compareRandom(count: number, seed: number): void {
  const chance = chanceOf(seeded(seed))
  const make = messagesOf(chance)
  const reader = createReader()
  for (let index = 0; index < count; index++) {
    const signal = chance.pick(SIGNALS)
    const message = make(signal)
    const body = encodeProtobuf(signal, message)
    const expected = expectedOf(signal, decodeProtobuf(signal, body))
    const where = `message ${index} of seed ${seed}`
    check(reader, signal, body, 'protobuf', expected, where)
    check(reader, signal, scrambled(body, signal, chance), 'protobuf', expected, `${where}, scrambled`)
    check(reader, signal, jsonOf(message, chance), 'json', expected, where)
  }
}

/** What a reader should read from a request that the official definitions have decoded. */
export function expectedOf(signal: Signal, request: Message): Expected {
  return { traces: expectedSpans, metrics: expectedPoints, logs: expectedLogs }[signal](request)
}

/** What a reader reads. */
export function readRows(reader: Reader, signal: Signal, body: Uint8Array, encoding: Encoding): Expected {
  if (signal === 'traces') return rowsOf(reader.spans(body, encoding), spanRows)
  return signal === 'logs'
    ? rowsOf(reader.logs(body, encoding), logRows)
    : rowsOf(reader.metrics(body, encoding), pointRows)
}

function rowsOf<T extends { readonly rejected: number }>(
  columns: T,
  rows: (columns: T) => Expected['rows'],
): Expected {
  return { rows: rows(columns), rejected: columns.rejected }
}

function check(
  reader: Reader,
  signal: Signal,
  body: Uint8Array,
  encoding: Encoding,
  expected: Expected,
  where: string,
): void {
  const read = readRows(reader, signal, body, encoding)
  if (read.rejected === expected.rejected && read.rows.length === expected.rows.length) {
    const index = read.rows.findIndex((row, at) => !isDeepStrictEqual(row, expected.rows[at]))
    if (index < 0) return
    const both = { expected: expected.rows[index], read: read.rows[index] }
    throw new Error(`Row ${index} of ${where} in ${encoding}: ${inspect(both, { depth: 9 })}`)
  }
  const sizes = `${read.rows.length} rows and ${read.rejected} rejected, not ${expected.rows.length} and ${expected.rejected}`
  throw new Error(`${sizes}: ${where} in ${encoding}, ${signal}`)
}
