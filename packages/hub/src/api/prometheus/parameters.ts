import { QueryError } from '../../query/query-error.ts'
import type { Parameters } from '../parameters.ts'
import { rfc3339Nanoseconds } from '../times.ts'

/** Times in milliseconds that are before and after all samples. */
export const EVER = { start: -8.64e15, end: 8.64e15 }

/** A number as Go reads it, but for the names of infinite ones and underscores. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

const DURATION =
  /^(?:(?<y>\d+)y)?(?:(?<w>\d+)w)?(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/

const MS: Readonly<Record<string, number>> = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
}

/** An error with the sentence of Prometheus. */
export function invalidParameter(name: string, problem: string): QueryError {
  return new QueryError('bad_data', `invalid parameter "${name}": ${problem}`)
}

/** Adds the name of a parameter to errors about its value. */
export async function about<Result>(name: string, result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (error instanceof QueryError && error.errorType === 'bad_data')
      throw invalidParameter(name, error.message)
    throw error
  }
}

/** A time that must be there, in milliseconds since 1970. */
export function requiredTime(parameters: Parameters, name: string): number {
  const text = parameters.text(name) ?? ''
  const time = timeOf(text)
  if (time === undefined) throw invalidParameter(name, unreadable(text, 'timestamp'))
  return time
}

/** A time that may be missing. Prometheus has another sentence for these. */
export function optionalTime(parameters: Parameters, name: string, otherwise: number): number {
  const text = parameters.text(name)
  if (text === undefined) return otherwise
  const time = timeOf(text)
  if (time === undefined)
    throw invalidParameter(name, `Invalid time value for '${name}': ${unreadable(text, 'timestamp')}`)
  return time
}

/** A duration in milliseconds. */
export function duration(parameters: Parameters, name: string): number {
  const text = parameters.text(name) ?? ''
  const ms = durationOf(text)
  if (ms === undefined) throw invalidParameter(name, unreadable(text, 'duration'))
  return ms
}

/** The parameter `timeout`, in milliseconds. */
export function timeout(parameters: Parameters): number | undefined {
  return parameters.text('timeout') === undefined ? undefined : duration(parameters, 'timeout')
}

function unreadable(text: string, kind: string): string {
  return `cannot parse ${JSON.stringify(text.slice(0, 200))} to a valid ${kind}`
}

/** Seconds since 1970, rounded to milliseconds, or RFC 3339. */
function timeOf(text: string): number | undefined {
  const seconds = NUMBER.test(text) ? Number(text) : NaN
  if (Number.isFinite(seconds)) {
    const whole = Math.trunc(seconds)
    const ms = whole * 1000 + Math.round((seconds - whole) * 1000)
    return Math.abs(ms) > EVER.end ? undefined : ms
  }
  const nanoseconds = rfc3339Nanoseconds(text)
  return nanoseconds === undefined ? undefined : Number(nanoseconds / 1_000_000n)
}

/** Seconds, or units as in PromQL: `1h30m`. */
function durationOf(text: string): number | undefined {
  if (NUMBER.test(text)) {
    const ms = Number(text) * 1000
    return Math.abs(ms) > EVER.end ? undefined : ms
  }
  const groups = text === '' ? undefined : DURATION.exec(text)?.groups
  if (groups === undefined) return undefined
  const ms = Object.entries(MS).reduce((sum, [unit, one]) => sum + Number(groups[unit] ?? 0) * one, 0)
  return ms > EVER.end ? undefined : ms
}
