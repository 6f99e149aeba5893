import type { Span } from '../state/time.ts'

/** The answer of `/api/logs/histogram`. */
export interface Histogram {
  readonly start: string
  readonly width: string
  readonly levels: Readonly<Record<string, readonly number[]>>
  readonly complete: boolean
}

/** Bars of equal width, in milliseconds. */
export interface Buckets extends Span {
  readonly width: number
  readonly count: number
}

/** The counts of one level. */
export interface Lane {
  readonly name: string
  readonly counts: readonly number[]
  readonly sum: number
  readonly most: number
}

const SECOND = 1_000
const WIDTHS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
]
/** The lanes, gravest first, and the levels that are counted in each. Lanes with `true` are there also without records. */
const LANES: ReadonlyArray<readonly [name: string, levels: readonly string[], isAlways: boolean]> = [
  ['error', ['error', 'fatal'], true],
  ['warn', ['warn'], true],
  ['info', ['info'], true],
  ['debug', ['debug', 'trace'], false],
  ['unset', ['unset'], false],
]

/** About 60 bars that cover a span. They begin at multiples of their width, so that counts do not change while time goes on. */
export function bucketsOf({ from, to }: Span): Buckets {
  const wanted = (to - from) / 60 / SECOND
  const width = (WIDTHS.find((each) => each >= wanted * 0.99) ?? Math.ceil(wanted / 86_400) * 86_400) * SECOND
  const start = Math.floor(from / width) * width
  const count = Math.max(1, Math.ceil((to - start) / width))
  return { from: start, to: start + count * width, width, count }
}

/** The width of a bar in words: `per minute`, `per 5 min`. */
export function perText(width: number): string {
  const seconds = width / SECOND
  if (seconds < 60 || (seconds < 600 && seconds % 60 > 0))
    return seconds === 1 ? 'per second' : `per ${seconds} s`
  if (seconds < 3_600) return seconds === 60 ? 'per minute' : `per ${seconds / 60} min`
  if (seconds < 86_400) return seconds === 3_600 ? 'per hour' : `per ${seconds / 3_600} h`
  return seconds === 86_400 ? 'per day' : `per ${seconds / 86_400} d`
}

/** The lanes of a histogram, gravest first. */
export function lanesOf({ levels }: Pick<Histogram, 'levels'>): Lane[] {
  const length = Math.max(0, ...Object.values(levels).map((counts) => counts.length))
  return LANES.flatMap(([name, of, isAlways]) => {
    const counts = Array.from({ length }, (_, at) =>
      of.reduce((sum, level) => sum + (levels[level]?.[at] ?? 0), 0),
    )
    const sum = counts.reduce((total, count) => total + count, 0)
    return sum === 0 && !isAlways ? [] : [{ name, counts, sum, most: Math.max(0, ...counts) }]
  })
}

/** What the lanes show, in one sentence for those who do not see them. */
export function lanesText(lanes: readonly Lane[], buckets: Buckets, clock: (ms: number) => string): string {
  const parts = lanes.map(({ name, counts, sum, most }) => {
    if (sum === 0) return `${name}: none`
    const first = counts.findIndex((count) => count > 0)
    const peak = counts.indexOf(most)
    const at = (index: number) => clock(buckets.from + index * buckets.width)
    return `${name}: ${sum}${first > 0 ? ` from ${at(first)} on` : ''}, most ${most} at ${at(peak)}`
  })
  return `Lines ${perText(buckets.width)} by level. ${parts.join('. ')}.`
}
