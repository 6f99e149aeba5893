import { DamageError } from '../../files/database.ts'

/**
 * The index of words: runs of blocks, each with the hashes of its blocks' words. A run of level 0 has one block, one of level 1 has up to
 * 16, one of level 2 up to 256. Runs of a level are merged into one of the next, so a search looks into few runs, and each
 * hash is written three times.
 *
 * The hashes of a run are in buckets by their upper bits, so that a search reads a few kilobytes of a run. An entry has the other bits
 * of a hash, and the place of its block in the run. Entries of a bucket are in no order.
 */
export type Level = 0 | 1 | 2

/** How many runs of a level become one of the next. */
export const MERGED_RUNS = 16

/** Bits of a hash that choose a bucket, and bits of an entry that say which block of the run. */
const SHAPES = {
  0: { bucket: 6, block: 0 },
  1: { bucket: 6, block: 4 },
  2: { bucket: 10, block: 8 },
} as const

/** Keys of a run. Each bucket has a row, whose key is the number of the run times this, and the bucket. */
export const BUCKETS_OF_RUN = 1024

/** The first key of a run, and the one after its last. */
export function keysOf(run: number): readonly [from: number, to: number] {
  return [run * BUCKETS_OF_RUN, (run + 1) * BUCKETS_OF_RUN]
}

/** The row of a run that has a hash. A run of level 0 has a single row. */
export function bucketOf(hash: number, level: Level): number {
  return level === 0 ? 0 : upperBits(hash, level)
}

function upperBits(hash: number, level: Level): number {
  return hash >>> (32 - SHAPES[level].bucket)
}

/** Hashes with the places of their blocks in a run. */
export interface Entries {
  readonly hashes: Uint32Array
  /** As long as `hashes`. */
  readonly blocks: Uint8Array
}

/** A row of the index. */
export interface Bucket {
  readonly key: number
  readonly words: Uint8Array
}

/** The rows of a run. Those of level 0 begin with the ends of the buckets. */
export function encodeRun(run: number, level: Level, { hashes, blocks }: Entries): Bucket[] {
  const { bucket: bits, block: blockBits } = SHAPES[level]
  const count = 2 ** bits
  const ends = new Uint32Array(count)
  for (let i = 0; i < hashes.length; i++) {
    const bucket = upperBits(hashes[i] ?? 0, level)
    ends[bucket] = (ends[bucket] ?? 0) + 1
  }
  for (let bucket = 1; bucket < count; bucket++) ends[bucket] = (ends[bucket] ?? 0) + (ends[bucket - 1] ?? 0)
  const head = level === 0 ? count : 0
  const words = new Uint32Array(head + hashes.length)
  if (level === 0) words.set(ends)
  const next = Uint32Array.from(ends, (_, bucket) => head + (bucket === 0 ? 0 : (ends[bucket - 1] ?? 0)))
  const rest = level === 0 ? 0xffff_ffff : 2 ** (32 - bits) - 1
  for (let i = 0; i < hashes.length; i++) {
    const hash = hashes[i] ?? 0
    const bucket = upperBits(hash, level)
    const at = next[bucket] ?? 0
    words[at] = ((hash & rest) << blockBits) | (blocks[i] ?? 0)
    next[bucket] = at + 1
  }
  if (level === 0) return [{ key: run * BUCKETS_OF_RUN, words: new Uint8Array(words.buffer) }]
  const rows: Bucket[] = []
  for (let bucket = 0, from = 0; bucket < count; bucket++) {
    const to = ends[bucket] ?? 0
    if (to > from)
      rows.push({
        key: run * BUCKETS_OF_RUN + bucket,
        words: new Uint8Array(words.buffer, from * 4, (to - from) * 4),
      })
    from = to
  }
  return rows
}

/** Calls `use` with each hash of a row of level 0 or 1, and the place of its block. */
export function decodeBucket(
  { key, words }: Bucket,
  level: 0 | 1,
  use: (hash: number, block: number) => void,
): void {
  const entries = wordsOf(words)
  if (level === 0) {
    for (let i = 2 ** SHAPES[0].bucket; i < entries.length; i++) use(entries[i] ?? 0, 0)
    return
  }
  const { bucket: bits, block: blockBits } = SHAPES[level]
  const upper = (key % BUCKETS_OF_RUN) << (32 - bits)
  for (const entry of entries) use((upper | (entry >>> blockBits)) >>> 0, entry & (2 ** blockBits - 1))
}

/** The places of the blocks that have a hash, in the row of its bucket. */
export function blocksIn(words: Uint8Array, level: Level, hash: number): number[] {
  const entries = wordsOf(words)
  const { bucket: bits, block: blockBits } = SHAPES[level]
  if (level === 0) {
    const bucket = upperBits(hash, 0)
    const head = 2 ** bits
    const from = head + (bucket === 0 ? 0 : (entries[bucket - 1] ?? 0))
    return entries.subarray(from, head + (entries[bucket] ?? 0)).includes(hash) ? [0] : []
  }
  const found: number[] = []
  const rest = hash & (2 ** (32 - bits) - 1)
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] ?? 0
    if (entry >>> blockBits === rest) found.push(entry & (2 ** blockBits - 1))
  }
  return found
}

/** The first rows of the blocks of a run, as its row has them. */
export function firstRows(stored: unknown): number[] {
  const rows: unknown = JSON.parse(String(stored))
  if (!Array.isArray(rows)) throw new DamageError('A run of the index has no blocks')
  return rows.map(Number)
}

/** Entries are stored in the order of bytes of all machines that Node.js runs on. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  const isAligned = byteOffset % 4 === 0
  const size = Math.floor(byteLength / 4)
  return isAligned
    ? new Uint32Array(buffer, byteOffset, size)
    : new Uint32Array(buffer.slice(byteOffset, byteOffset + size * 4))
}
