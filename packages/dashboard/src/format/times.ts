import { NARROW } from './numbers.ts'

const DAY = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')

/** Milliseconds since 1970 of a time in nanoseconds, as the hub writes them. */
export const msOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000n) / 1_000

/** Seconds of a duration in nanoseconds, as the hub writes them. */
export const secondsOf = (nanoseconds: string): number => Number(nanoseconds) / 1e9

/** `14:36`, with the date if it is not today. Local time. */
export function clock(ms: number, now = Date.now()): string {
  const date = new Date(ms)
  return dated(date, `${two(date.getHours())}:${two(date.getMinutes())}`, now)
}

/** `14:36:12`, with the date if it is not today. Local time. */
export function clockSeconds(ms: number, now = Date.now()): string {
  const date = new Date(ms)
  return dated(date, `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`, now)
}

/** `14:36:12.418`. Local time. */
export function clockMs(ms: number): string {
  const date = new Date(ms)
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

/** `2 s ago`, `11 min ago`, `3 h ago`, `6 d ago`. */
export function ago(ms: number, now = Date.now()): string {
  return `${age(now - ms)} ago`
}

/** A length of time in one unit: `2 s`, `11 min`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 60) return `${seconds}${NARROW}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}${NARROW}min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}${NARROW}h`
  return `${Math.floor(seconds / 86_400)}${NARROW}d`
}

function dated(date: Date, time: string, now: number): string {
  const today = new Date(now)
  if (date.toDateString() === today.toDateString()) return time
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return Math.abs(now - date.getTime()) > 300 * DAY
    ? `${day} ${date.getFullYear()} ${time}`
    : `${day} ${time}`
}
