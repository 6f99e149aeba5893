import type { ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

import type { Answer } from '../api/answer.ts'
import type { Lines } from '../api/series.ts'
import type { Unit } from '../format/numbers.ts'

/**
 * How a line is drawn. `ink`: the one series of a chart, or the p95; `p50`, `p99`: quantiles; `prev`: the range before; `s1` to `s8`:
 * categories, in this order; `bad`: failures.
 */
export type LineStyle = 'ink' | 'p50' | 'p99' | 'prev' | 'bad' | `s${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

/** One line of a chart. Its values are on the grid of the page. */
export interface ChartLine {
  readonly label: string
  readonly style: LineStyle
  readonly values: ReadonlyArray<number | null>
}

/** A moment that all charts show, such as a deployment. */
export interface Mark {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly text: string
  readonly kind: 'deploy' | 'bad' | 'warn' | 'note'
}

/** A limit that is drawn across a chart. Values above it (or below it) are drawn red. */
export interface Threshold {
  readonly value: number
  /** Such as `alert above 1 s`. */
  readonly text: string
  readonly below?: boolean
  /** Since when an alert fires for it, in milliseconds since 1970: the base line is red from there on. */
  readonly firesSince?: number
}

/** A trace that stands for a point of a chart. */
export interface Exemplar {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly value: number
  readonly traceId: string
  readonly spanId: string
  readonly failed: boolean
}

/** The range of values that is normal at each moment of the grid. */
export interface Band {
  readonly low: ReadonlyArray<number | null>
  readonly high: ReadonlyArray<number | null>
}

/** What a chart has to say about its frame. */
export interface ChartProps {
  readonly title: string
  /** What it measures, beside the title: `per second`. */
  readonly of?: ComponentChildren
  /** `row`: the caption stands left of the plot; `tile`: a figure stands below it. */
  readonly layout?: 'row' | 'tile' | undefined
  /** Stands below the caption, above the legend. */
  readonly figure?: ComponentChildren
  readonly unit: Unit
  /** The answer that the lines were made of: its errors and delays are shown in the chart. */
  readonly answer: ReadonlySignal<Answer<Lines>>
  /** Makes the lines to draw. Without it: one ink line for a single series, categories for several, named after their labels. */
  readonly lines?: (lines: Lines) => readonly ChartLine[]
  readonly retry?: () => void
  /** One sentence for a range without data: why, and the way out. */
  readonly empty?: ComponentChildren
  /** The class of the plot's height in base.css: `h4` to `h16`. Default: 9 rem. */
  readonly height?: 'h4' | 'h5' | 'h6' | 'h7' | 'h12' | 'h16' | 'withx'
  readonly threshold?: Threshold | undefined
  readonly marks?: ReadonlySignal<readonly Mark[]>
  /** Whether marks have their text: only the first chart of a row. */
  readonly hasMarkText?: boolean
  readonly band?: ReadonlySignal<Band | undefined>
  readonly exemplars?: ReadonlySignal<readonly Exemplar[]>
  readonly onExemplar?: (exemplar: Exemplar) => void
  /** The largest value of the axis, if it is known, such as 1 for a ratio of a whole. */
  readonly max?: number
  /** Whether the axis begins near the smallest value instead of 0. For gauges of a narrow range. */
  readonly isNarrow?: boolean
  /** Whether the values are estimates: they get `≈`, and the caption says from what. */
  readonly estimate?: string
  /** Draws counts as bars instead of lines. */
  readonly bars?: boolean
  /** Called with the part of the time that the user selected with the pointer or with Shift and arrows. */
  readonly onSelect?: (from: number, to: number) => void
}
