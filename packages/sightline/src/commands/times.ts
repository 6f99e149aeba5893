import { UsageError } from '../usage.ts'

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/**
 * Seconds since 1970 of a time of the command line: `15m` (ago), `now`, or RFC 3339.
 *
 * @throws {UsageError} naming the option
 */
export function secondsOf(text: string, option: string, now = Date.now() / 1_000): number {
  if (text === 'now') return now
  const [, count, unit = ''] = /^(?:now-)?(\d{1,9})([smhdw])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * (SECONDS[unit] ?? 0)
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms / 1_000
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}: give a time such as 15m (ago) or 2026-01-31T12:00:00Z`,
  )
}

/** The same in milliseconds, as the hub's own paths take it. `undefined` remains `undefined`. */
export function millisecondsAt(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : Math.round(secondsOf(text, option) * 1_000)
}
