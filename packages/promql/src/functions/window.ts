/** The samples of one series that a function over a range sees at one step. There is at least one. */
export interface Window {
  readonly times: Float64Array
  readonly values: Float64Array
  /** Whether no value is below the one before it: no counter was reset. Of all samples, and found when it is needed. */
  rises: boolean | undefined
  /** Index of the first sample. */
  from: number
  /** Index behind the last sample. */
  to: number
  /** Both ends of the range, in milliseconds. */
  start: number
  end: number
  /** The time of the step, in milliseconds. */
  time: number
  /** The values of the function's scalar arguments at this step. */
  readonly scalars: number[]
}

/** A function over a range: a value, or `undefined` where the samples are too few for one. */
export type RangeFunction = (window: Window) => number | undefined

/** The value of a sample. */
export function valueAt({ values }: Window, index: number): number {
  return values[index] ?? NaN
}

/** The time of a sample in milliseconds. */
export function timeAt({ times }: Window, index: number): number {
  return times[index] ?? NaN
}
