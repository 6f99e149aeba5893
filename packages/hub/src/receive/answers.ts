import type { Signal, Stored } from '../ingest/ingest.ts'
import type { OtlpEncoding } from './form.ts'

/** JSON names of the count of rejected items. In protobuf, all signals use the same field numbers. */
const REJECTED: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
}

/** Codes of `google.rpc.Code` for HTTP statuses: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
}
const UNKNOWN = 2

const VARINT = 0
const LENGTH_DELIMITED = 2

/** Encodes `Export<Signal>ServiceResponse`. It is empty where all items were stored as they were. */
export function answerBody(signal: Signal, encoding: OtlpEncoding, { rejected, reason }: Stored): Uint8Array {
  if (rejected === 0 && reason === '') return Buffer.from(encoding === 'json' ? '{}' : '')
  if (encoding === 'json') {
    // A 64-bit integer is a text in JSON.
    const partialSuccess = { [REJECTED[signal]]: String(rejected), errorMessage: reason }
    return Buffer.from(JSON.stringify({ partialSuccess }))
  }
  return bytesField(1, Buffer.concat([numberField(1, rejected), bytesField(2, Buffer.from(reason))]))
}

/** Encodes the `google.rpc.Status` of an HTTP status. */
export function statusBody(status: number, message: string, encoding: OtlpEncoding): Uint8Array {
  const code = CODES[status] ?? UNKNOWN
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }))
  return Buffer.concat([numberField(1, code), bytesField(2, Buffer.from(message))])
}

function numberField(number: number, value: number): Uint8Array {
  return Buffer.from([tag(number, VARINT), ...varint(value)])
}

function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([tag(number, LENGTH_DELIMITED), ...varint(bytes.length)]), bytes])
}

function tag(number: number, wireType: number): number {
  return (number << 3) | wireType
}

/** https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}
