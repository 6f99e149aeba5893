import type { Grid } from '../state/time.ts'

/** The labels of a series, its name as `__name__`. */
export type Labels = Readonly<Record<string, string>>

/** One line of a chart: a value for each moment of the grid, `null` where there is none. */
export interface Line {
  readonly labels: Labels
  readonly values: ReadonlyArray<number | null>
}

/** The result of a query over the time of the page. */
export interface Lines {
  readonly grid: Grid
  readonly lines: readonly Line[]
  /** The lines of the earlier range that the page compares with, on the same grid. */
  readonly before?: readonly Line[]
}
