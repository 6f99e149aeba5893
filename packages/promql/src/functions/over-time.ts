import { KahanSum } from './kahan.ts'
import { quantileOf } from './quantile.ts'
import { type RangeFunction, valueAt, type Window } from './window.ts'

/** The value that a comparison prefers to all others, and to NaN. */
function extreme(window: Window, isBetter: (value: number, held: number) => boolean): number {
  let held = valueAt(window, window.from)
  for (let index = window.from + 1; index < window.to; index++) {
    const value = valueAt(window, index)
    if (isBetter(value, held) || Number.isNaN(held)) held = value
  }
  return held
}

function mean(window: Window): number {
  const sum = new KahanSum()
  for (let index = window.from; index < window.to; index++) {
    const value = valueAt(window, index)
    const count = index - window.from + 1
    // An infinite mean stays, as the difference to it would be no number.
    if (Math.abs(sum.sum) === Infinity && (value === sum.sum || Number.isFinite(value))) continue
    sum.add(value / count - sum.sum / count)
  }
  return Math.abs(sum.sum) === Infinity ? sum.sum : sum.total
}

function total(window: Window): number {
  const sum = new KahanSum()
  for (let index = window.from; index < window.to; index++) sum.add(valueAt(window, index))
  return Math.abs(sum.sum) === Infinity ? sum.sum : sum.total
}

function variance(window: Window): number {
  const average = new KahanSum()
  const squares = new KahanSum()
  for (let index = window.from; index < window.to; index++) {
    const value = valueAt(window, index)
    const difference = value - average.total
    average.add(difference / (index - window.from + 1))
    squares.add(difference * (value - average.total))
  }
  return squares.total / (window.to - window.from)
}

/** How often a value and the one before it fulfil a condition. */
function pairs(window: Window, isCounted: (value: number, previous: number) => boolean): number {
  let count = 0
  for (let index = window.from + 1; index < window.to; index++) {
    if (isCounted(valueAt(window, index), valueAt(window, index - 1))) count++
  }
  return count
}

const isReset = (value: number, previous: number) => value < previous
const isChange = (value: number, previous: number) =>
  value !== previous && !(Number.isNaN(value) && Number.isNaN(previous))

export const OVER_TIME: Readonly<Record<string, RangeFunction>> = {
  absent_over_time: () => 1,
  avg_over_time: mean,
  changes: (window) => pairs(window, isChange),
  count_over_time: ({ from, to }) => to - from,
  last_over_time: (window) => valueAt(window, window.to - 1),
  max_over_time: (window) => extreme(window, (value, held) => value > held),
  min_over_time: (window) => extreme(window, (value, held) => value < held),
  present_over_time: () => 1,
  quantile_over_time: ({ values, from, to, scalars }) =>
    quantileOf(scalars[0] ?? NaN, values.slice(from, to)),
  resets: (window) => pairs(window, isReset),
  stddev_over_time: (window) => Math.sqrt(variance(window)),
  stdvar_over_time: variance,
  sum_over_time: total,
}
