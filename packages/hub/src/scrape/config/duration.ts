const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
/** Prometheus counts in 64-bit nanoseconds. */
const MAX_MS = 2 ** 63 / 1_000_000

/** Milliseconds of a duration as Prometheus writes it: `15s`, `1m30s`, `0`. `undefined`: the text is none. */
export function durationOf(text: string): number | undefined {
  if (text === '0') return 0
  const parts = text === '' ? null : DURATION.exec(text)
  if (parts === null) return undefined
  const ms = UNITS.reduce((sum, [, size], unit) => sum + Number(parts[unit + 1] ?? 0) * size, 0)
  return ms < MAX_MS ? ms : undefined
}

/** A duration as Prometheus writes it: `1m30s`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const [unit, size] of UNITS) {
    // Weeks and years only where nothing else is needed, as in Prometheus.
    if ((unit === 'y' || unit === 'w' || unit === 'd') && rest % size !== 0) continue
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text
}

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  KIB: 2 ** 10,
  MB: 2 ** 20,
  MIB: 2 ** 20,
  GB: 2 ** 30,
  GIB: 2 ** 30,
  TB: 2 ** 40,
  TIB: 2 ** 40,
}

/** Bytes of a size as Prometheus writes it: `10MB`, where a kilobyte has 1024 bytes. `undefined`: the text is none. */
export function sizeOf(text: string): number | undefined {
  if (text === '0') return 0
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?I?B)$/i.exec(text) ?? []
  const size = BYTES[unit.toUpperCase()]
  return count === undefined || size === undefined ? undefined : Math.floor(Number(count) * size)
}
