import type { Block } from '../blocks.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** So many neighbours of one level are merged into one of the next. */
const FAN = 8

/** Longest time that a block of all samples has. */
const LONGEST_FULL_MS = 6 * HOUR

/** How old samples are stored: from an age on, in milliseconds, the last sample of each interval is kept. */
export interface Resolution {
  /** Milliseconds. */
  readonly interval: number
  /** Milliseconds. */
  readonly age: number
  /** Blocks that end in the same period, of so many milliseconds, become one block. */
  readonly period: number
}

/** From fine to coarse. A block has at most 1,440 to 2,160 samples of a series. */
export const RESOLUTIONS: readonly Resolution[] = [
  { interval: 10_000, age: 6 * HOUR, period: 6 * HOUR },
  { interval: MINUTE, age: 3 * DAY, period: DAY },
  { interval: 10 * MINUTE, age: 30 * DAY, period: 10 * DAY },
]

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
