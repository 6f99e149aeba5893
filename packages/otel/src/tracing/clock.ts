import type { TimeInput } from '@opentelemetry/api'

/**
 * A wall clock that is read once and then advances with the monotonic clock, so that nested spans stay nested
 * when the system time changes.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** Starts a clock now. */
export function clockFromNow(): Clock {
  return clockFrom(Date.now(), performance.now())
}

/** Starts a clock from a time that was read at the monotonic time `at`. */
export function clockFrom(epochMs: number, at: number): Clock {
  return { now: () => epochMs + (performance.now() - at) }
}

/** Converts a time of the API to milliseconds since the epoch. */
export function epochMsOf(time: TimeInput): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1_000 + time[1] / 1_000_000
  // The API also accepts the result of `performance.now()`: a time since the start of the process.
  return time < performance.timeOrigin ? performance.timeOrigin + time : time
}
