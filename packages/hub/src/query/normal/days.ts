const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Milliseconds between two values of the history. */
export const EVERY = 300_000
/** Days of history. */
const DAYS = 28

/** A part of a day in the history. Milliseconds since 1970, both ends are times of values. */
export interface Part {
  readonly start: number
  readonly end: number
}

/** The hours of the days before a range that are the same as those of the range: of each day the part, the latest day first. */
export function partsBefore({ start, end }: Part): readonly Part[] {
  const first = Math.floor(start / HOUR) * HOUR
  const last = (Math.floor(end / HOUR) + 1) * HOUR
  // A longer range has all hours: then each day is read once.
  const length = Math.min(last - first, DAY)
  return Array.from({ length: DAYS }, (_, index) => {
    const from = first - (index + 1) * DAY
    return { start: from, end: from + length - EVERY }
  })
}

/** The hour of the day of a time, 0 to 23 in UTC. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR) % 24
}
