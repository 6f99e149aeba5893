import type { Lines } from '../../api/series.ts'
import type { ChartLine, LineStyle } from '../../charts/types.ts'
import { grouped, NARROW, textOf, type Unit } from '../../format/numbers.ts'
import { FIGURE } from '../../promql/together.ts'
import type { Grid } from '../../state/time.ts'
import { type Instrument, splitOf } from './instruments.ts'

/** With what values are compared. `ms`: how long before. */
export interface Comparison {
  readonly ms: number
  /** Such as `last Friday`. */
  readonly text: string
}

const DAY = 86_400_000
/** A fall by this share is no longer usual. */
const FALL = 0.2
/** Milliseconds over which the present is compared. */
const PRESENT = 300_000
/** A share of failures from which on the chart of outcomes is wrong: that of a service that is failing. */
const FAILING = 0.05

/**
 * With what a page compares: `day`, `week`, or the range before.
 *
 * @param to The end of the range, and `length` its length, in milliseconds
 */
export function comparisonOf(name: string, to: number, length: number): Comparison {
  if (name === 'day') return { ms: DAY, text: 'yesterday' }
  if (name !== 'week') return { ms: length, text: 'before' }
  const weekday = new Date(to).toLocaleDateString('en-GB', { weekday: 'long' })
  return { ms: 7 * DAY, text: `last ${weekday}` }
}

const isBad = (value: string) => /fail|error|reject|abort|timeout|broken|5\d\d/i.test(value)

/** The lines of an instrument's chart: now and before, its quantiles, or what became of the things that it counts. */
export function linesOf(instrument: Instrument, before: string, { lines }: Lines): readonly ChartLine[] {
  const split = splitOf(instrument.labels)
  if (instrument.type === 'histogram' || instrument.type === 'summary') {
    return lines.map(({ labels, values }): ChartLine => {
      const label =
        labels['quantile'] === undefined ? (labels[FIGURE] ?? '') : `p${Number(labels['quantile']) * 100}`
      const q = Number(label.slice(1))
      return { label, style: q <= 50 ? 'p50' : q > 95 ? 'p99' : 'ink', values }
    })
  }
  if (split !== undefined && instrument.ratio === null) {
    const all = lines
      .map(({ labels, values }) => ({ label: labels[split] ?? '', values, mean: meanOf(values) ?? 0 }))
      .toSorted((a, b) => b.mean - a.mean)
      .slice(0, 8)
    const main = all.findIndex(({ label }) => !isBad(label))
    return all.map(({ label, values }, at): ChartLine => {
      const few: LineStyle = at === main ? 'ink' : 'p50'
      return {
        label,
        values,
        style: isBad(label) ? 'bad' : all.length <= 4 ? few : (`s${at + 1}` as LineStyle),
      }
    })
  }
  return lines
    .toSorted((a, b) => Number(a.labels[FIGURE] === 'before') - Number(b.labels[FIGURE] === 'before'))
    .map(({ labels, values }): ChartLine =>
      labels[FIGURE] === 'before'
        ? { label: before, style: 'prev', values }
        : { label: 'now', style: 'ink', values },
    )
}

/** What a tile says beside its figure. */
export interface Change {
  readonly text: string
  readonly state?: 'bad' | 'warn' | undefined
}

/** How the present differs from the time before, or what else is to be said of the lines at their end. */
export function changeOf(lines: readonly ChartLine[], unit: Unit, grid: Grid): Change | undefined {
  const count = Math.max(1, Math.round(PRESENT / grid.step))
  const recent = (line: ChartLine | undefined) => line && meanOf(line.values.slice(-count))
  const now = lines.find(({ style }) => style === 'ink')
  const before = lines.find(({ style }) => style === 'prev')
  if (before !== undefined) {
    const [is, was] = [recent(now), recent(before)]
    if (is === undefined || was === undefined || was <= 0) return undefined
    const change = is / was - 1
    const text = percent(change)
    return change <= -FALL ? { text: `${text}, was ${textOf(was, unit)}`, state: 'warn' } : { text }
  }
  const failed = lines.filter(({ style }) => style === 'bad')
  if (failed.length > 0) {
    const all = lines.reduce((sum, line) => sum + (recent(line) ?? 0), 0)
    const share = failed.reduce((sum, line) => sum + (recent(line) ?? 0), 0) / all
    if (!Number.isFinite(share)) return undefined
    const text = `${textOf(share, 'ratio')} of attempts fail`
    return share >= FAILING ? { text, state: 'bad' } : { text }
  }
  const other = lines.find((line) => line !== now)
  const value = recent(other)
  return other && value !== undefined ? { text: `${other.label} ${textOf(value, unit)}` } : undefined
}

/** What is missing against the time before, if it still is missing: since when, and how much in all. Values are per minute. */
export function lossOf(
  lines: readonly ChartLine[],
  grid: Grid,
): { readonly since: number; readonly amount: number } | undefined {
  const now = lines.find(({ style }) => style === 'ink')?.values ?? []
  const before = lines.find(({ style }) => style === 'prev')?.values ?? []
  const last = now.findLastIndex((value) => value !== null)
  let [at, amount, full] = [last, 0, 0]
  for (; at >= 0; at--) {
    const [is, was] = [now[at] ?? null, before[at] ?? null]
    if (is === null || was === null || is >= was * 0.95) break
    amount += ((was - is) * grid.step) / 60_000
    full += (was * grid.step) / 60_000
  }
  const isMuch = last - at >= 5 && amount >= full * FALL
  return isMuch ? { since: grid.start + (at + 1) * grid.step, amount } : undefined
}

function percent(change: number): string {
  const value = Math.round(change * 100)
  if (value === 0) return 'as before'
  return `${value > 0 ? '+' : '−'}${grouped(Math.abs(value))}${NARROW}%`
}

function meanOf(values: ReadonlyArray<number | null>): number | undefined {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
}
