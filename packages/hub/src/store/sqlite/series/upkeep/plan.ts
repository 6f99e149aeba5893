import type { Block } from '../blocks.ts'
import { RESOLUTIONS } from '../resolutions.ts'

/** So many neighbours of one level are merged into one of the next. */
const FAN = 8

/** Longest time that a block of all samples has. */
const LONGEST_FULL_MS = 21_600_000

/** Neighbours that are to become one block, with the resolution that this will have. */
export interface Merge {
  readonly from: readonly Block[]
  readonly resolution: number
}

/** The next merge of blocks, which are in the order of commits. */
export function nextMerge(blocks: readonly Block[], now: number): Merge | undefined {
  return thinning(blocks, now) ?? gathering(blocks)
}

/** The first neighbours that are old enough for a coarser resolution, together with all others of their period. */
function thinning(blocks: readonly Block[], now: number): Merge | undefined {
  for (const { interval, age, period } of RESOLUTIONS.toReversed()) {
    const isDue = (block: Block): boolean =>
      block.resolution < interval && (Math.floor(block.end / period) + 1) * period + age <= now
    const first = blocks.findIndex(isDue)
    const begun = blocks[first]
    if (begun === undefined) continue
    let end = first + 1
    for (; end < blocks.length; end++) {
      const block = blocks[end]
      if (block === undefined || !isDue(block)) break
      if (Math.floor(block.end / period) !== Math.floor(begun.end / period)) break
    }
    return { from: blocks.slice(first, end), resolution: interval }
  }
  return undefined
}

/** The first neighbours of one level that are enough for one of the next. */
function gathering(blocks: readonly Block[]): Merge | undefined {
  for (let first = 0; first + FAN <= blocks.length; first++) {
    const from = blocks.slice(first, first + FAN)
    const begun = from[0]
    const isEven = from.every(({ level, resolution }) => level === begun?.level && resolution === 0)
    const start = Math.min(...from.map((block) => block.start))
    const end = Math.max(...from.map((block) => block.end))
    if (isEven && end - start <= LONGEST_FULL_MS) return { from, resolution: 0 }
  }
  return undefined
}
