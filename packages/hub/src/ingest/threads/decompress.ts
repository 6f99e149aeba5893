import { gunzipSync } from 'node:zlib'

import type { BodyRequest } from '../protocol.ts'
import { Refusal } from '../refusal.ts'

/** Bytes of a body after decompression. A longer one is refused before it takes more memory. */
const LONGEST_PLAIN = 64 * 1_024 * 1_024

/**
 * The bytes of a body as its sender encoded them.
 *
 * @throws {Refusal} 413 for a body that becomes too large, 400 for one that is not gzip
 */
export function plainBody({ body, gzip }: Pick<BodyRequest, 'body' | 'gzip'>): Uint8Array {
  if (!gzip) return body
  try {
    return gunzipSync(body, { maxOutputLength: LONGEST_PLAIN })
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

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
