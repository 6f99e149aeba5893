import { expect } from '@jest/globals'
import { readVerdict } from '@sightline/otlp'

import type { Said } from './edge.ts'

/** Reads the partial success of an answer, with the reader that exporters use. */
export function verdictOf({ bytes, headers }: Said) {
  return readVerdict(bytes, String(headers['content-type']))
}

/** Reads a `google.rpc.Status`. */
export function statusOf({ bytes, body, headers }: Said): { code: number; message: string } {
  if (headers['content-type'] === 'application/json')
    return JSON.parse(body) as { code: number; message: string }
  // Field 1 is a varint below 128, field 2 a text below 128 bytes.
  expect([bytes[0], bytes[2], bytes[3]]).toEqual([0x08, 0x12, bytes.length - 4])
  return { code: bytes[1] ?? 0, message: bytes.subarray(4).toString('utf8') }
}
