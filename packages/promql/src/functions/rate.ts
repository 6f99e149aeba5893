import { type RangeFunction, timeAt, valueAt, type Window } from './window.ts'

/**
 * The increase of a range, extrapolated to its ends: as far as the range goes where the first and last samples are near
 * to them (1.1 times the average distance of samples), else by half of that distance. A counter's extrapolation stops where
 * it would be below 0. `undefined` for fewer than two samples. The factor is divided by `seconds`.
 */
function extrapolated(window: Window, isCounter: boolean, seconds: number): number | undefined {
  const { from, to } = window
  const last = to - 1
  if (last <= from) return undefined
  const first = valueAt(window, from)
  const change = isCounter ? increased(window) : valueAt(window, last) - first

  let toStart = (timeAt(window, from) - window.start) / 1000
  const toEnd = (window.end - timeAt(window, last)) / 1000
  const sampled = (timeAt(window, last) - timeAt(window, from)) / 1000
  const average = sampled / (last - from)
  if (isCounter && change > 0 && first >= 0) {
    const toZero = sampled * (first / change)
    if (toZero < toStart) toStart = toZero
  }

  const near = average * 1.1
  let covered = sampled
  covered += toStart < near ? toStart : average / 2
  covered += toEnd < near ? toEnd : average / 2
  return change * (covered / sampled / seconds)
}

/** The increase of a counter between the first and the last sample, with what resets have taken away. */
function increased(window: Window): number {
  const { values, from, to } = window
  let previous = values[from] ?? NaN
  let increase = (values[to - 1] ?? NaN) - previous
  if ((window.rises ??= isRising(values))) return increase
  for (let index = from + 1; index < to; index++) {
    const value = values[index] ?? NaN
    if (value < previous) increase += previous
    previous = value
  }
  return increase
}

function isRising(values: Float64Array): boolean {
  for (let index = 1; index < values.length; index++)
    if ((values[index] ?? NaN) < (values[index - 1] ?? NaN)) return false
  return true
}

/** The difference of the last two samples; of a counter that has been reset, the last one. */
function lastDifference(window: Window, isCounter: boolean): number | undefined {
  const last = window.to - 1
  if (last <= window.from) return undefined
  const value = valueAt(window, last)
  const previous = valueAt(window, last - 1)
  return isCounter && value < previous ? value : value - previous
}

function instantRate(window: Window): number | undefined {
  const difference = lastDifference(window, true)
  const last = window.to - 1
  return difference && difference / ((timeAt(window, last) - timeAt(window, last - 1)) / 1000)
}

export const RATES: Readonly<Record<string, RangeFunction>> = {
  delta: (window) => extrapolated(window, false, 1),
  idelta: (window) => lastDifference(window, false),
  increase: (window) => extrapolated(window, true, 1),
  irate: instantRate,
  rate: (window) => extrapolated(window, true, (window.end - window.start) / 1000),
}
