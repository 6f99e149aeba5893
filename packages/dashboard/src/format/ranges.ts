import { clock } from './times.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The ranges that the picker offers, in milliseconds. */
export const PRESETS: readonly number[] = [15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY]

/** A length of time in whole units: `15 minutes`, `hour`. */
export function lengthText(ms: number): string {
  for (const [unit, size] of [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
  ] as const) {
    const count = ms / size
    // A day is usually said in hours.
    if (unit === 'day' && count === 1) continue
    if (count >= 1 && Number.isInteger(count)) return count === 1 ? unit : `${count} ${unit}s`
  }
  const [size, unit] =
    ms >= DAY
      ? [DAY, 'days']
      : ms >= HOUR
        ? [HOUR, 'hours']
        : ms >= MINUTE
          ? [MINUTE, 'minutes']
          : [1_000, 'seconds']
  return `${Number((ms / size).toPrecision(2))} ${unit}`
}

/** A range that ends now: `Last hour`, `Last 15 minutes`. */
export const lastText = (ms: number): string => `Last ${lengthText(ms)}`

/** `13:47 – 14:47`, with dates where they are not today. */
export function rangeText(from: number, to: number, now = Date.now()): string {
  const [start, end] = [clock(from, now), clock(to, now)]
  const isOneDay = new Date(from).toDateString() === new Date(to).toDateString()
  return `${start} – ${isOneDay ? clock(to, to) : end}`
}

/** The range of a page in words: one that ends now by its length, another one by its ends. */
export const spanText = ({ from, to }: { from: number; to: number }, last: number | undefined): string =>
  last === undefined ? rangeText(from, to) : lastText(last)

/** The value of a `datetime-local` field: local time, to the second. */
export function fieldTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE).toISOString().slice(0, 19)
}
