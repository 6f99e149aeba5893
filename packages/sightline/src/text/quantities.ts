import { UsageError } from '../usage.ts'

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Bytes of a size such as `5GB`, `512 MiB` or `1000000`.
 *
 * @throws {UsageError} naming the option
 */
export function bytesOf(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const bytes = Number(digits) * (BYTES[unit.toLowerCase()] ?? Number.NaN)
  if (digits !== '' && bytes >= 1) return Math.round(bytes)
  throw new UsageError(`${option} is ${JSON.stringify(text)}: give a size such as 5GB or 512MB`)
}

/**
 * Milliseconds of a duration such as `14d`, `90m` or `250ms`.
 *
 * @throws {UsageError} naming the option
 */
export function millisecondsOf(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? []
  const ms = Number(digits) * (MILLISECONDS[unit.toLowerCase()] ?? Number.NaN)
  if (digits !== '' && ms > 0) return ms
  throw new UsageError(`${option} is ${JSON.stringify(text)}: give a duration such as 14d, 12h or 30m`)
}

/** A size for people: `1.2 GB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** A duration in nanoseconds for people: `1.24 s`, `38 ms`, `410 µs`. */
export function durationText(nanoseconds: bigint): string {
  const us = Number(nanoseconds) / 1_000
  if (us < 1_000) return `${short(us)} µs`
  if (us < 1_000_000) return `${short(us / 1_000)} ms`
  return `${short(us / 1_000_000)} s`
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** A period in milliseconds for people, in its largest unit without a rest: `14 days`, `90 minutes`. */
export function periodText(ms: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ] as const
  const [size, noun] = units.find(([each]) => ms >= each && ms % each === 0) ?? [1, 'millisecond']
  const count = ms / size
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
