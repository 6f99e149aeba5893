import type { DatabaseSync } from 'node:sqlite'

import type { Block, BlockReader, BlockWriter } from '../blocks.ts'
import { decodeGroup, GROUP_SIZE, GroupEncoder, type GroupSeries } from '../codec/group.ts'
import { writing } from '../transaction.ts'
import type { Merge } from './plan.ts'
import { thin } from './thinning.ts'

/** Samples after which other work of the thread may go on. */
const SLICE_SAMPLES = 10_000

/** What a merge reads and writes. */
interface Parts {
  readonly database: DatabaseSync
  readonly reader: BlockReader
  readonly writer: BlockWriter
  /** Whether a series, by its number, counts something. */
  readonly isIncreasing: (series: number) => boolean
}

/** The samples that a merge has kept. */
interface Kept {
  start: number
  end: number
  samples: number
}

/** Makes one block of neighbours, group by group. Readers see the old ones until the new one is complete. */
export function* merge(parts: Parts, { from, resolution }: Merge): Generator<void, void> {
  const first = from[0]
  const last = from.at(-1)
  if (first === undefined || last === undefined) return
  const { database, reader, writer } = parts
  const level = Math.max(...from.map((block) => block.level)) + 1
  const id = writer.begin({ firstBatch: first.firstBatch, lastBatch: last.lastBatch, level, resolution })
  const groups = [...new Set(from.flatMap((block) => reader.groups(block.id)))].toSorted((a, b) => a - b)
  const encoder = new GroupEncoder()
  const kept: Kept = { start: Infinity, end: -Infinity, samples: 0 }
  let next = 0
  while (next < groups.length) {
    writing(database, () => {
      const before = kept.samples
      for (; next < groups.length && kept.samples - before < SLICE_SAMPLES; next++) {
        const group = groups[next] ?? 0
        const encoded = mergeGroup(parts, encoder, from, group, resolution, kept)
        if (encoded !== undefined) writer.chunk(id, group, encoded)
      }
    })
    yield
  }
  writing(database, () => writer.finish({ id, ...kept }, from))
}

function mergeGroup(
  { reader, isIncreasing }: Parts,
  encoder: GroupEncoder,
  from: readonly Block[],
  group: number,
  resolution: number,
  kept: Kept,
): Uint8Array | undefined {
  const parts: GroupSeries[][] = []
  for (const block of from) {
    const chunk = reader.chunk(block.id, group)
    if (chunk === undefined) continue
    for (const series of decodeGroup(chunk, () => true, -Infinity, Infinity))
      (parts[series.slot] ??= []).push(series)
  }
  // Not `forEach` alone: a group whose series are all gone has none.
  for (let slot = 0; slot < GROUP_SIZE; slot++) {
    const series = parts[slot]
    if (series === undefined) continue
    const count = series.reduce((sum, { times }) => sum + times.length, 0)
    const times = new Float64Array(count)
    const values = new Float64Array(count)
    let place = 0
    for (const part of series) {
      times.set(part.times, place)
      values.set(part.values, place)
      place += part.times.length
    }
    const left =
      resolution === 0
        ? count
        : thin(times, values, count, resolution, isIncreasing(group * GROUP_SIZE + slot))
    encoder.add(slot, times, values, 0, left)
    kept.samples += left
    kept.start = Math.min(kept.start, times[0] ?? Infinity)
    kept.end = Math.max(kept.end, times[left - 1] ?? -Infinity)
  }
  return encoder.isEmpty ? undefined : encoder.finish()
}
