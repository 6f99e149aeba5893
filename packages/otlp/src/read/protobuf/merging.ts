import { OtlpError } from '../reader.ts'
import { Cursor } from './cursor.ts'

/** Most bytes of one message that came in parts. No writer makes such parts. */
const MOST = 1_048_576

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
    if (size > MOST) throw new OtlpError('The body has a message in too many parts.')
    pieces.push(piece)
  }
  return new Cursor(Buffer.concat(pieces))
}
