import type { Labels, Lines } from '../api/series.ts'
import type { ChartLine, LineStyle } from './types.ts'

/** Colours there are for categories. More series than that are not told apart. */
export const CATEGORIES = 8

/** The lines of an answer: one ink line for a single series, categories for several. The first eight of more. */
export function linesOf({ lines }: Lines): readonly ChartLine[] {
  const names = namesOf(lines.map(({ labels }) => labels))
  return lines.slice(0, CATEGORIES).map(({ values }, n) => ({
    label: names[n] ?? '',
    style: lines.length === 1 ? 'ink' : (`s${n + 1}` as LineStyle),
    values,
  }))
}

/** The main line of the earlier range that the page compares with. None in charts of several categories, which it would fill with lines. */
export function beforeOf(
  { before, ...now }: Lines,
  draw: (lines: Lines) => readonly ChartLine[],
  label: string,
): readonly ChartLine[] {
  if (before === undefined) return []
  const main = draw({ ...now, lines: before }).filter(({ style }) => style === 'ink')
  return main.length === 1 ? main.map(({ values }) => ({ label, style: 'prev', values })) : []
}

/** Names of series: the values of the labels that are not the same in all of them. */
export function namesOf(all: readonly Labels[]): string[] {
  const [first = {}] = all
  const keys = new Set(all.flatMap((labels) => Object.keys(labels)))
  const telling = [...keys].filter((key) => all.some((labels) => labels[key] !== first[key]))
  const used = telling.length > 0 ? telling : [...keys].filter((key) => key !== '__name__')
  return all.map((labels) => used.flatMap((key) => labels[key] ?? []).join(' '))
}

/** The last value of a line, or `null` if it has none. */
export const lastOf = (values: ReadonlyArray<number | null>): number | null =>
  values.findLast((value) => value !== null) ?? null

/** Moments that the last value may lie behind the end before a line counts as ended. */
const BEHIND = 3

/** The present value of a line among others: its last one, or `null` if it has ended while others go on. */
export function presentOf(
  values: ReadonlyArray<number | null>,
  others: ReadonlyArray<ReadonlyArray<number | null>>,
): number | null {
  const endOf = (line: ReadonlyArray<number | null>) => line.findLastIndex((value) => value !== null)
  const end = Math.max(...others.map(endOf))
  return endOf(values) >= end - BEHIND ? lastOf(values) : null
}

/** The least and the greatest of some values, and where they are. `undefined` if there is no value. */
export function extremesOf(
  values: ReadonlyArray<number | null>,
):
  | { readonly least: number; readonly peak: number; readonly leastAt: number; readonly peakAt: number }
  | undefined {
  let [leastAt, peakAt, least, peak] = [-1, -1, Infinity, -Infinity]
  for (const [n, value] of values.entries()) {
    if (value === null) continue
    if (value < least) [least, leastAt] = [value, n]
    if (value > peak) [peak, peakAt] = [value, n]
  }
  return leastAt < 0 ? undefined : { least, peak, leastAt, peakAt }
}
