const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Prometheus' lookback. */
const LOOKBACK_MS = 5 * MINUTE

/** How old samples are stored: from an age on, in milliseconds, the last sample of each interval is kept. */
export interface Resolution {
  /** Milliseconds. */
  readonly interval: number
  /** Milliseconds. */
  readonly age: number
  /** Length of a period in milliseconds. Blocks that end in the same period become one block. */
  readonly period: number
}

/** From fine to coarse. A block has at most 1,440 to 2,160 samples of a series. */
export const RESOLUTIONS: readonly Resolution[] = [
  { interval: 10_000, age: 6 * HOUR, period: 6 * HOUR },
  { interval: MINUTE, age: 3 * DAY, period: DAY },
  { interval: 10 * MINUTE, age: 30 * DAY, period: 10 * DAY },
]

/**
 * How far a query at `time` looks back for a sample: Prometheus' five minutes, and twice the interval where the samples may be thinned
 * out to one in ten minutes, which else would look like gaps. Times in milliseconds since 1970.
 */
export function lookbackAt(time: number, now: number): number {
  const resolution = RESOLUTIONS.findLast(({ age }) => now - time >= age)
  return Math.max(LOOKBACK_MS, 2 * (resolution?.interval ?? 0))
}
