import { figureOf, NARROW, type Unit } from '../format/numbers.ts'

/** The values that a chart's axis covers, and where it has ticks. */
export interface ValueAxis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

const STEPS = [1, 2, 2.5, 5, 10]
const DAY = 86_400_000
/** Distances of labels of the time, in milliseconds. */
const TIME_STEPS = [
  1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1_800e3, 3_600e3, 7_200e3, 10_800e3, 14_400e3,
  21_600e3, 43_200e3, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY,
] // prettier-ignore
/** Pixels that a label of the time needs. */
const LABEL = 64

/** The axis of a chart without values. */
export const NO_VALUES: ValueAxis = { min: 0, max: 1, ticks: [] }

/**
 * The axis for values up to a peak, from 0, with about as many ticks as asked for. Of negative values it begins at the least one. A narrow
 * axis begins near the least value. Ticks of counts are whole numbers.
 */
export function valueAxis(
  least: number,
  peak: number,
  {
    count,
    isNarrow = false,
    isWhole = false,
  }: { count: number; isNarrow?: boolean | undefined; isWhole?: boolean },
): ValueAxis {
  const floor = isNarrow ? least - (peak - least) * 0.15 : Math.min(0, least)
  const range = peak > floor ? peak - floor : Math.abs(peak) || 1
  const raw = range / (count + 0.8)
  const power = 10 ** Math.floor(Math.log10(raw))
  const round = (STEPS.find((each) => each * power >= raw * 0.999_999) ?? 10) * power
  const step = isWhole ? Math.max(1, Math.ceil(round)) : round
  const ticks: number[] = []
  for (let n = Math.ceil(floor / step - 1e-9); n * step <= (floor + range) * 1.000_1; n++)
    ticks.push(Number((n * step).toPrecision(12)))
  return { min: floor, max: floor + range, ticks }
}

/** The text of a tick: without zeros that say nothing, and without the "per second" that the caption has. */
export function tickText(value: number, unit: Unit): string {
  if (value === 0) return '0'
  const { figure, unit: written } = figureOf(value, unit)
  const short = figure.includes('.') ? figure.replace(/\.?0+$/, '') : figure
  const of = written.replace(/\/(?:s|min)$/, '')
  return of === '' || of === '×' ? short + of : short + NARROW + of
}

/** Where labels of the time stand on an axis of a width in pixels, at full minutes, hours and days of the local time, and what they say. */
export function timeTicks(
  from: number,
  to: number,
  width: number,
): ReadonlyArray<readonly [time: number, text: string]> {
  const most = Math.max(1, Math.floor(width / LABEL))
  const step = TIME_STEPS.find((each) => (to - from) / each <= most) ?? 28 * DAY
  const zone = new Date(from).getTimezoneOffset() * 60_000
  const ticks: Array<readonly [number, string]> = []
  for (let local = Math.ceil((from - zone) / step) * step; local + zone <= to; local += step)
    ticks.push([local + zone, timeText(local, step)])
  return ticks
}

/** Local times are written as if they were UTC, so that a label never depends on a change of the clock within the range. */
function timeText(local: number, step: number): string {
  const date = new Date(local)
  if (step >= DAY || local % DAY === 0)
    return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
  return date.toISOString().slice(11, step < 60_000 ? 19 : 16)
}
