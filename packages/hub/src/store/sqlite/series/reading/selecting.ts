import { PromqlError } from '@sightline/promql'

import { type BlockReader, chunkKey } from '../blocks.ts'
import { decodeGroup } from '../codec/group.ts'
import type { ChunkCache } from './chunk-cache.ts'
import type { RecentBatches } from './recent.ts'
import type { WantedSeries } from './wanted.ts'

/** Samples of a series, by ascending times. */
export interface Samples {
  readonly times: Float64Array
  readonly values: Float64Array
}

/** What samples are read from. */
interface Sources {
  readonly blocks: BlockReader
  readonly chunks: ChunkCache
  readonly recent: RecentBatches
}

/** The part of the stored samples that a query needs. */
interface Range {
  readonly start: number
  readonly end: number
  /** Samples after which the query fails. */
  readonly maxSamples: number
}

/**
 * Reads the samples of the wanted series: first from the blocks, then from the batches that are in no block yet. `undefined` for a
 * series without samples in the range.
 * @throws {PromqlError} for more samples than allowed.
 */
export function samplesOf(
  { blocks, chunks, recent }: Sources,
  wanted: WantedSeries,
  range: Range,
): Array<Samples | undefined> {
  const { start, end } = range
  const pieces = wanted.numbers.map((): Samples[] => [])
  let held = 0
  const take = (samples: number): void => {
    held += samples
    if (held > range.maxSamples)
      throw new PromqlError(
        'execution',
        'query processing would load too many samples into memory in query execution',
      )
  }

  const read = (key: number): Uint8Array | undefined => blocks.chunkOf(key)
  const groups = wanted.groups()
  for (const block of blocks.all()) {
    if (block.end < start || block.start > end) continue
    for (const { group, slots } of groups) {
      const chunk = chunks.get(chunkKey(block.id, group), read)
      if (chunk === undefined) continue
      for (const { slot, times, values } of decodeGroup(chunk, (one) => slots[one] !== 0, start, end)) {
        take(times.length)
        pieces[(slots[slot] ?? 0) - 1]?.push(trimmed({ times, values }, start, end))
      }
    }
  }

  recent.refresh(blocks.transposed())
  const found = recent.find(wanted, start, end)
  take(found.count)
  const counts = new Uint32Array(pieces.length)
  for (let index = 0; index < found.count; index++) {
    const position = found.positions[index] ?? 0
    counts[position] = (counts[position] ?? 0) + 1
  }
  const all = pieces.map((parts, position) => joined(parts, counts[position] ?? 0))
  // From here on, the place of the next sample of each series.
  const next = counts.map((count, position) => (all[position]?.times.length ?? 0) - count)
  for (let index = 0; index < found.count; index++) {
    const position = found.positions[index] ?? 0
    const place = next[position] ?? 0
    const samples = all[position]
    if (samples === undefined) continue
    samples.times[place] = found.times[index] ?? 0
    samples.values[place] = found.values[index] ?? 0
    next[position] = place + 1
  }
  return all
}

/** The samples of all parts, with room for more after them. */
function joined(parts: readonly Samples[], more: number): Samples | undefined {
  const [first] = parts
  if (first === undefined && more === 0) return undefined
  if (first !== undefined && parts.length === 1 && more === 0) return first
  const count = parts.reduce((sum, { times }) => sum + times.length, more)
  const times = new Float64Array(count)
  const values = new Float64Array(count)
  let place = 0
  for (const part of parts) {
    times.set(part.times, place)
    values.set(part.values, place)
    place += part.times.length
  }
  return { times, values }
}

/** Without the samples before `start` and after `end`. */
function trimmed({ times, values }: Samples, start: number, end: number): Samples {
  let from = 0
  let to = times.length
  while (from < to && (times[from] ?? 0) < start) from++
  while (to > from && (times[to - 1] ?? 0) > end) to--
  return from === 0 && to === times.length
    ? { times, values }
    : { times: times.subarray(from, to), values: values.subarray(from, to) }
}
