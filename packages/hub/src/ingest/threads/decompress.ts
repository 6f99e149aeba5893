import { gunzipSync } from 'node:zlib'

import type { BodyRequest } from '../protocol.ts'
import { Refusal } from '../refusal.ts'

/** Bytes of a body after decompression. A longer one is refused before it takes more memory. */
const LONGEST_PLAIN = 64 * 1_024 * 1_024
/** DEFLATE makes at most this many bytes of one: https://zlib.net/zlib_tech.html */
const MOST_GROWTH = 1_032
/** Bytes of memory that zlib fills at least, so that a body with a wrong size is not taken apart. Node.js' own default. */
const LEAST_CHUNK = 16_384

/**
 * The bytes of a body as its sender encoded them.
 *
 * @throws {Refusal} 413 for a body that becomes too large, 400 for one that is not gzip
 */
export function plainBody({ body, gzip }: Pick<BodyRequest, 'body' | 'gzip'>): Uint8Array {
  if (!gzip) return body
  try {
    return gunzipSync(body, { maxOutputLength: LONGEST_PLAIN, chunkSize: chunkFor(body) })
  } catch (error) {
    const isTooLarge = error instanceof RangeError || codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge
      ? new Refusal({
          status: 413,
          reason: 'too_large',
          message: `A body may have at most ${LONGEST_PLAIN} bytes after decompression.`,
        })
      : new Refusal({ status: 400, reason: 'undecodable', message: 'The body is not valid gzip.' })
  }
}

/**
 * The size of the memory that takes the plain bytes: gzip ends with their number, https://www.rfc-editor.org/rfc/rfc1952#page-5.
 * In memory of that size they need not be put together afterwards. A wrong number changes nothing in the result.
 */
function chunkFor(body: Uint8Array): number {
  if (body.length < 4) return LEAST_CHUNK
  const { buffer, byteOffset, byteLength } = body
  const size = new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true)
  return LEAST_CHUNK + Math.min(size, MOST_GROWTH * byteLength, LONGEST_PLAIN)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
