import { PromqlError } from '@sightline/promql'

import { type BlockReader, chunkKey } from '../blocks.ts'
import { partsOf } from '../codec/group.ts'
import type { ChunkCache } from './chunk-cache.ts'
import { joined, type Piece, type Samples } from './joining.ts'
import type { FoundSamples, RecentBatches } from './recent.ts'
import type { WantedSeries } from './wanted.ts'

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
 * series without samples in the range. Series with the same times may share their array.
 * @throws {PromqlError} for more samples than allowed.
 */
export function samplesOf(
  { blocks, chunks, recent }: Sources,
  wanted: WantedSeries,
  { start, end, maxSamples }: Range,
): Array<Samples | undefined> {
  let held = 0
  const take = (samples: number): void => {
    held += samples
    if (held > maxSamples)
      throw new PromqlError(
        'execution',
        'query processing would load too many samples into memory in query execution',
      )
  }

  const pieces = wanted.numbers.map((): Piece[] => [])
  const read = (key: number): Uint8Array | undefined => blocks.chunkOf(key)
  const groups = wanted.groups()
  for (const block of blocks.all()) {
    if (block.end < start || block.start > end) continue
    const isWhole = block.start >= start && block.end <= end
    for (const { group, slots } of groups) {
      const chunk = chunks.get(chunkKey(block.id, group), read)
      if (chunk === undefined) continue
      for (const part of partsOf(chunk, (slot) => slots[slot] !== 0, start, end)) {
        const { times } = part
        const from = isWhole ? 0 : indexFrom(times, start)
        const to = isWhole ? times.length : indexFrom(times, end + 1)
        take(to - from)
        if (to > from) pieces[(slots[part.slot] ?? 0) - 1]?.push({ part, from, to })
      }
    }
  }

  recent.refresh(blocks.transposed())
  const found = recent.find(wanted, start, end)
  take(found.count)
  return joined(pieces, bySeries(found, pieces.length))
}

/** Sorts the samples of batches by their series, in which they stay in the order of commits. */
function bySeries(found: FoundSamples, series: number): { readonly offsets: Uint32Array } & Samples {
  const offsets = new Uint32Array(series + 1)
  for (let index = 0; index < found.count; index++) {
    const after = (found.positions[index] ?? 0) + 1
    offsets[after] = (offsets[after] ?? 0) + 1
  }
  for (let one = 0; one < series; one++) offsets[one + 1] = (offsets[one + 1] ?? 0) + (offsets[one] ?? 0)
  const next = offsets.slice()
  const times = new Float64Array(found.count)
  const values = new Float64Array(found.count)
  for (let index = 0; index < found.count; index++) {
    const position = found.positions[index] ?? 0
    const place = next[position] ?? 0
    next[position] = place + 1
    times[place] = found.times[index] ?? 0
    values[place] = found.values[index] ?? 0
  }
  return { offsets, times, values }
}

/** The index of the first time that is not before `time`. */
function indexFrom(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}
