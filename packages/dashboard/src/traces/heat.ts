import type { Selection } from './selection.ts'

/** The answer of `/api/traces/heatmap`. */
export interface HeatAnswer {
  readonly start: string
  readonly width: string
  readonly bounds: readonly string[]
  readonly counts: ReadonlyArray<readonly number[]>
  readonly failed: ReadonlyArray<readonly number[]>
  readonly spans: number
  readonly complete: boolean
}

/** Requests by time and duration. Times are milliseconds since 1970, durations milliseconds. */
export interface Heat {
  readonly start: number
  readonly width: number
  /** From the shortest to the longest duration, one more than rows. */
  readonly bounds: readonly number[]
  readonly counts: ReadonlyArray<readonly number[]>
  readonly failed: ReadonlyArray<readonly number[]>
  readonly most: number
  readonly spans: number
  readonly complete: boolean
}

/** A cell by its column and row. */
export interface Cell {
  readonly column: number
  readonly row: number
}

export function heatOf({ start, width, bounds, ...rest }: HeatAnswer): Heat {
  return {
    ...rest,
    start: Number(BigInt(start) / 1_000n) / 1_000,
    width: Number(width) / 1e6,
    bounds: bounds.map((bound) => Number(bound) / 1e6),
    most: Math.max(1, ...rest.counts.flat()),
  }
}

/** Density of a cell: 0 for an empty one, 1 to 6 by the number of requests. Each level has twice as many as the one before at first. */
export function levelOf(count: number, most: number): number {
  if (count === 0) return 0
  if (most <= 6) return Math.min(6, Math.ceil((count / most) * 6))
  return Math.min(6, 1 + Math.floor((Math.log(count) / Math.log(most)) * 5.999))
}

/** What a rectangle of cells covers. */
export function selectionOf({ start, width, bounds }: Heat, a: Cell, b: Cell): Selection {
  const [left, right] = [Math.min(a.column, b.column), Math.max(a.column, b.column)]
  const [low, high] = [Math.min(a.row, b.row), Math.max(a.row, b.row)]
  return {
    from: start + left * width,
    to: start + (right + 1) * width,
    least: bounds[low] ?? 0,
    most: bounds[high + 1] ?? Infinity,
    isFailed: false,
  }
}

/** How many requests a selection has, from the cells whose middle it covers. */
export function selectedOf(heat: Heat, { from, to, least, most, isFailed }: Selection): number {
  const { start, width, bounds, counts, failed } = heat
  let selected = 0
  for (const [column, rows] of counts.entries()) {
    const time = start + (column + 0.5) * width
    if (time < from || time >= to) continue
    for (const [row, count] of rows.entries()) {
      const middle = Math.sqrt((bounds[row] ?? 0) * (bounds[row + 1] ?? 0))
      if (isFailed) selected += failed[column]?.[row] ?? 0
      else if (middle >= least && middle < most) selected += count
    }
  }
  return selected
}

/** Round durations between two, for the axis: 1, 2 and 5 of each power of ten. */
export function logTicks(least: number, most: number): number[] {
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++)
    for (const factor of [1, 2, 5]) {
      const value = Number((factor * 10 ** power).toPrecision(3))
      if (value >= least && value <= most) ticks.push(value)
    }
  return ticks
}
