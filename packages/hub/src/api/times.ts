import type { TimeRange } from '../store/search.ts'
import { parameterError, type Parameters, shown } from './parameters.ts'

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const RELATIVE = /^now(?:-(?<number>\d{1,9})(?<unit>ms|s|m|h|d|w))?$/
const SPAN = /^(?<number>\d{1,9}(?:\.\d{1,9})?)(?<unit>ms|s|m|h|d|w)$/
const RFC_3339 =
  /^(?<second>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,18}))?(?<zone>[Zz]|[+-]\d\d:\d\d)$/

/** Digits of a number from which on it is nanoseconds: as milliseconds it would be after the year 5000. */
const NANOSECOND_DIGITS = 16

/** The latest time that fits into the 64 bits of OTLP, and that `Date` knows. */
const MAX_MS = 8_640_000_000_000

/**
 * A time in nanoseconds since 1970, from RFC 3339, milliseconds since 1970, nanoseconds since 1970 (16 digits or more, as answers of the
 * API have them), `now`, or `now-15m` (ms, s, m, h, d, w). `undefined` for anything else.
 */
export function nanosecondsOf(text: string, now: number): bigint | undefined {
  if (/^\d{1,19}$/.test(text)) {
    if (text.length >= NANOSECOND_DIGITS) return BigInt(text)
    const ms = Number(text)
    return ms > MAX_MS ? undefined : BigInt(ms) * 1_000_000n
  }
  const relative = RELATIVE.exec(text)?.groups
  if (relative !== undefined) {
    const ago =
      relative['unit'] === undefined ? 0 : Number(relative['number']) * (MS_PER_UNIT[relative['unit']] ?? 0)
    return BigInt(Math.max(0, Math.floor(now - ago))) * 1_000_000n
  }
  return rfc3339Nanoseconds(text)
}

/** Nanoseconds since 1970 of a time of RFC 3339, and `undefined` for anything else. May be negative. */
export function rfc3339Nanoseconds(text: string): bigint | undefined {
  const groups = RFC_3339.exec(text)?.groups
  if (groups === undefined) return undefined
  const { second = '', fraction = '', zone = '' } = groups
  const local = second.toUpperCase().replace(' ', 'T')
  const ms = Date.parse(`${local}${zone.toUpperCase()}`)
  // `Date` takes 30 February for 2 March.
  if (Number.isNaN(ms) || !new Date(`${local}Z`).toISOString().startsWith(local)) return undefined
  return BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}

/** Milliseconds of a span of time such as `5m` or `1.5h`. `undefined` for anything else. */
export function spanMs(text: string): number | undefined {
  const groups = SPAN.exec(text)?.groups
  return groups === undefined
    ? undefined
    : Number(groups['number']) * (MS_PER_UNIT[groups['unit'] ?? ''] ?? NaN)
}

/** A parameter that is a time, in nanoseconds since 1970. */
export function timeParameter(parameters: Parameters, name: string, now: number): bigint | undefined {
  const value = parameters.text(name)
  if (value === undefined) return undefined
  const time = nanosecondsOf(value, now)
  if (time === undefined || time < 0n)
    throw parameterError(
      name,
      `must be a time such as 2026-01-31T12:00:00Z, milliseconds since 1970, or now-15m, not ${shown(value)}`,
    )
  return time
}

/** The parameters `from` and `to`. `to` is now where it is missing, `from` is `defaultMs` milliseconds before `to`. */
export function rangeParameters(parameters: Parameters, now: number, defaultMs: number): TimeRange {
  // The end is not part of the range, and an event of this millisecond should be.
  const to = timeParameter(parameters, 'to', now) ?? BigInt(now + 1) * 1_000_000n
  const span = BigInt(defaultMs) * 1_000_000n
  const from = timeParameter(parameters, 'from', now) ?? (to > span ? to - span : 0n)
  if (from >= to) throw parameterError('from', 'must be before to')
  return { from, to }
}

/** The latest time in nanoseconds: more than OTLP has bits for. */
const END_OF_TIME = 1n << 64n

/** The range of a live tail: without `from` and `to` it has records of any time, also of clocks that are fast. */
export function tailRange(parameters: Parameters, now: number): TimeRange {
  const from = timeParameter(parameters, 'from', now) ?? 0n
  const to = timeParameter(parameters, 'to', now) ?? END_OF_TIME
  if (from >= to) throw parameterError('from', 'must be before to')
  return { from, to }
}

/** A parameter that is a span of time, in milliseconds. */
export function spanParameter(
  parameters: Parameters,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const value = parameters.text(name)
  if (value === undefined) return otherwise
  const ms = spanMs(value)
  if (ms === undefined)
    throw parameterError(name, `must be a span of time such as 30s, 5m or 2h, not ${shown(value)}`)
  if (ms < least || ms > most)
    throw parameterError(name, `must be from ${least / 1000}s to ${most / 1000}s, not ${shown(value)}`)
  return ms
}
