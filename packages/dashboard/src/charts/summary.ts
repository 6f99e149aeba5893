import { textOf, type Unit } from '../format/numbers.ts'
import { age, clock } from '../format/times.ts'
import type { Grid } from '../state/time.ts'
import { endOf } from './geometry.ts'
import { extremesOf, lastOf } from './lines.ts'
import type { ChartLine } from './types.ts'

/** Change of the mean from the first to the last quarter, as a share of the greater one, that is more than noise. */
const CHANGE = 0.15

/** Says the shape and the extremes of a chart in words, for screen readers. */
export function summaryOf(title: string, unit: Unit, lines: readonly ChartLine[], grid: Grid): string {
  const said = lines.flatMap(({ label, values, style }) => {
    const found = extremesOf(values)
    const last = lastOf(values)
    if (found === undefined || last === null || style === 'prev') return []
    const name = lines.length > 1 ? `${label} ` : ''
    const at = (index: number) => clock(grid.start + index * grid.step)
    const { least, peak, leastAt, peakAt } = found
    const range =
      least === peak
        ? ''
        : `, lowest ${textOf(least, unit)} at ${at(leastAt)}, highest ${textOf(peak, unit)} at ${at(peakAt)}`
    return [`${name}${shapeOf(values)}, last ${textOf(last, unit)}${range}`]
  })
  const over = `${title} over ${age(endOf(grid) - grid.start)}`
  return said.length === 0 ? `${over}: no data.` : `${over}: ${said.join('; ')}. Arrow keys read values.`
}

/** Whether a line rises, falls or stays. */
export function shapeOf(values: ReadonlyArray<number | null>): 'rising' | 'falling' | 'steady' {
  const known = values.filter((value) => value !== null)
  const quarter = Math.max(1, Math.floor(known.length / 4))
  const [first, last] = [mean(known.slice(0, quarter)), mean(known.slice(-quarter))]
  const greater = Math.max(Math.abs(first), Math.abs(last))
  if (Math.abs(last - first) <= greater * CHANGE) return 'steady'
  return last > first ? 'rising' : 'falling'
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
