import type { Grid } from '../state/time.ts'
import type { ValueAxis } from './axis.ts'

/** Where a chart's plot is within its element, in CSS pixels, and what it shows: the same for the canvas and for what lies over it. */
export interface Geometry {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly grid: Grid
  readonly axis: ValueAxis
}

/** The gutters of all charts: their plots are aligned in rows and columns. */
export const GUTTER = { left: 44, right: 2, top: 14, bottom: 18 } as const

/** The last moment of a grid. */
export const endOf = ({ start, step, count }: Grid): number => start + (count - 1) * step

/** Pixels from the left at which a moment is. */
export function xOf(
  { width, left, right, grid }: Pick<Geometry, 'width' | 'left' | 'right' | 'grid'>,
  time: number,
): number {
  const span = endOf(grid) - grid.start || 1
  return left + ((time - grid.start) / span) * (width - left - right)
}

/** The moment at pixels from the left. `null` outside of the plot, with a tolerance at its ends. */
export function timeAt(
  { width, left, right, grid }: Pick<Geometry, 'width' | 'left' | 'right' | 'grid'>,
  x: number,
): number | null {
  const part = (x - left) / (width - left - right)
  if (part < -0.04 || part > 1.04) return null
  return grid.start + Math.min(1, Math.max(0, part)) * (endOf(grid) - grid.start)
}

/** Pixels from the top at which a value is. */
export function yOf({ height, top, bottom, axis }: Geometry, value: number): number {
  return height - bottom - ((value - axis.min) / (axis.max - axis.min || 1)) * (height - top - bottom)
}

/** The value of a line at a position of the grid. A line of fewer values, such as a trend of 30, is spread over the grid. */
export function valueAt(values: ReadonlyArray<number | null>, index: number, count: number): number | null {
  const n =
    values.length === count ? index : Math.round((index / Math.max(1, count - 1)) * (values.length - 1))
  return values[n] ?? null
}

/** The position of the moment of a grid that is nearest to a time. `null` outside of the grid. */
export function indexAt({ start, step, count }: Grid, time: number | null): number | null {
  if (time === null) return null
  const index = Math.round((time - start) / step)
  return index >= 0 && index < count ? index : null
}
