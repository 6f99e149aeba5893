import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { DamageError } from '../../files/database.ts'

/** A part of a block that is compressed and read on its own: a list of byte strings. */
export type Section = readonly Uint8Array[]

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

/** Most bytes of a section without compression. A damaged file must not make a reader allocate more. */
const MOST_BYTES = 1 << 30

/** Stores the parts, each after its length, compressed by Zstandard with a checksum. */
export function encodeSection(parts: Section): Uint8Array {
  let size = 0
  for (const part of parts) size += 4 + part.length
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  let position = 0
  for (const part of parts) {
    view.setUint32(position, part.length, true)
    bytes.set(part, position + 4)
    position += 4 + part.length
  }
  return zstdCompressSync(bytes, options)
}

/**
 * The parts that {@link encodeSection} stored.
 * @throws {DamageError}
 */
export function decodeSection(compressed: Uint8Array): Section {
  const bytes = decompressed(compressed)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let position = 0
  while (position < bytes.length) {
    const length = view.getUint32(position, true)
    parts.push(bytes.subarray(position + 4, position + 4 + length))
    position += 4 + length
  }
  return parts
}

function decompressed(compressed: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(compressed, { maxOutputLength: MOST_BYTES })
  } catch (cause) {
    throw new DamageError('A section of a block cannot be decompressed', { cause })
  }
}
