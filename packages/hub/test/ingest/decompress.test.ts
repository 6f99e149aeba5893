import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'

import { expect, test } from '@jest/globals'

import { plainBody } from '../../src/ingest/threads/decompress.ts'

const plain = (gzip: Uint8Array) => Buffer.from(plainBody({ body: new Uint8Array(gzip), gzip: true }))

test.each([0, 1, 63, 64, 16_384, 100_000, 3_000_000])('%d bytes come back whole', (size) => {
  for (const bytes of [randomBytes(size), Buffer.alloc(size, 'ab')])
    expect(plain(gzipSync(bytes)).equals(bytes)).toBe(true)
})

test('a body of several parts comes back whole, though only the size of the last one is at its end', () => {
  const bytes = randomBytes(200_000)
  const parts = [bytes.subarray(0, 150_000), bytes.subarray(150_000), Buffer.alloc(0)]
  expect(plain(Buffer.concat(parts.map((part) => gzipSync(part)))).equals(bytes)).toBe(true)
})

test.each([0, 7, 0xffff_ffff])('a body that tells a wrong size, %d, is refused', (size) => {
  const gzip = gzipSync(randomBytes(100_000))
  gzip.writeUInt32LE(size, gzip.length - 4)
  expect(() => plain(gzip)).toThrow('The body is not valid gzip.')
})

test.each([0, 1, 3, 10, 1_000])('the first %d bytes of a body are refused', (length) => {
  expect(() => plain(gzipSync(randomBytes(2_000)).subarray(0, length))).toThrow('The body is not valid gzip.')
})

test('a body that becomes too large is refused, whatever size it tells', () => {
  expect(() => plain(gzipSync(Buffer.alloc(64 * 2 ** 20 + 1)))).toThrow('after decompression')
  const gzip = gzipSync(Buffer.alloc(65 * 2 ** 20))
  gzip.writeUInt32LE(5, gzip.length - 4)
  expect(() => plain(gzip)).toThrow('after decompression')
})
