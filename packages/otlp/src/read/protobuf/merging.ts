import { OtlpError } from '../reader.ts'
import { Cursor } from './cursor.ts'

/** Most parts of one message, and most bytes of all. No writer makes such parts. */
const MOST_PARTS = 100
const MOST_BYTES = 1_048_576

/** Adds the start and the end of a part. */
export function addPart(parts: number[], start: number, end: number): void {
  if (parts.push(start, end) > 2 * MOST_PARTS) throw tooMany()
}

/**
 * A message that a body has in parts, since its field is there several times: protobuf merges them, which is the same as reading the
 * parts one after another (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 *
 * @param parts start and end of each part
 */
export function merged({ bytes }: Cursor, parts: readonly number[]): Cursor {
  const pieces: Buffer[] = []
  let size = 0
  for (let index = 0; index < parts.length; index += 2) {
    const piece = bytes.subarray(parts[index], parts[index + 1])
    size += piece.length
    if (size > MOST_BYTES) throw tooMany()
    pieces.push(piece)
  }
  return new Cursor(Buffer.concat(pieces))
}

function tooMany(): OtlpError {
  return new OtlpError('The body has a message in too many parts.')
}
