import { sameLabelsError } from '../error.ts'
import type { LabelSet } from '../labels/label-set.ts'
import type { Budget } from './budget.ts'

/** The times at which an expression is evaluated: milliseconds, `count` of them from `start` to `end`. */
export interface Steps {
  readonly start: number
  readonly end: number
  readonly interval: number
  readonly count: number
}

/** The steps from `start` on that do not exceed `end`. */
export function stepsOf(start: number, end: number, interval: number): Steps {
  return { start, end, interval, count: Math.max(0, Math.floor((end - start) / interval) + 1) }
}

/** A series with at most one value for each step. */
export interface StepSeries {
  readonly labels: LabelSet
  /** One slot for each step; without a meaning where `present` is 0. */
  readonly values: Float64Array
  /** 1 for each step that has a value. */
  readonly present: Uint8Array
}

/** Collects the series of a result. Series with the same labels are one, as long as they share no step. */
export class Outputs {
  readonly #steps: Steps
  readonly #budget: Budget
  readonly #series = new Map<string, StepSeries>()

  constructor(steps: Steps, budget: Budget) {
    this.#steps = steps
    this.#budget = budget
  }

  /** The series with these labels. */
  series(labels: LabelSet): StepSeries {
    let series = this.#series.get(labels.key)
    if (series === undefined) {
      series = this.blank(labels)
      this.#series.set(labels.key, series)
    }
    return series
  }

  /** A series that is not a part of the result yet. */
  blank(labels: LabelSet): StepSeries {
    const { count } = this.#steps
    this.#budget.take(count)
    return { labels, values: new Float64Array(count), present: new Uint8Array(count) }
  }

  /** The series that have any value, in the order in which they came. */
  finished(): StepSeries[] {
    return valued([...this.#series.values()])
  }
}

/** Sets the value of a step. Throws where another series with the same labels has one for it. */
export function put(series: StepSeries, step: number, value: number): void {
  if (series.present[step] === 1) throw sameLabelsError()
  series.present[step] = 1
  series.values[step] = value
}

/** The series that have any value. */
export function valued(all: readonly StepSeries[]): StepSeries[] {
  return all.filter(({ present }) => present.includes(1))
}

/** The series that have any value. Throws where two of them have the same labels, whatever their steps. */
export function distinct(all: readonly StepSeries[]): StepSeries[] {
  const keys = new Set<string>()
  const series = valued(all)
  for (const { labels } of series) {
    if (keys.has(labels.key)) throw sameLabelsError()
    keys.add(labels.key)
  }
  return series
}
