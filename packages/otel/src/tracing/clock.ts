import type { TimeInput } from '@opentelemetry/api'

/**
 * A wall clock that was read once and goes on by the monotonic one, so that spans within one another stay so when
 * somebody sets the time.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** A clock that begins now. */
export function clockFromNow(): Clock {
  return clockFrom(Date.now(), performance.now())
}

/** A clock that was read at the monotonic time `at`. */
export function clockFrom(epochMs: number, at: number): Clock {
  return { now: () => epochMs + (performance.now() - at) }
}

/** What the API calls a time, as milliseconds since the epoch. */
export function epochMsOf(time: TimeInput): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1_000 + time[1] / 1_000_000
  // The API allows what `performance.now()` gives: a moment of this process.
  return time < performance.timeOrigin ? performance.timeOrigin + time : time
}
