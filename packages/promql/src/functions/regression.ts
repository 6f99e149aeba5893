import { executionError } from '../error.ts'
import { formatNumber } from '../result/numbers.ts'
import { KahanSum } from './kahan.ts'
import { type RangeFunction, timeAt, valueAt, type Window } from './window.ts'

/** The line through the samples by least squares: its slope by second, and its value at a time in milliseconds. */
function linearRegression(window: Window, time: number): { slope: number; intercept: number } {
  const first = valueAt(window, window.from)
  const [x, y, xy, x2] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()]
  let isConstant = true
  for (let index = window.from; index < window.to; index++) {
    const value = valueAt(window, index)
    if (index > window.from && value !== first) isConstant = false
    const seconds = (timeAt(window, index) - time) / 1000
    x.add(seconds)
    y.add(value)
    xy.add(seconds * value)
    x2.add(seconds * seconds)
  }
  if (isConstant)
    return Math.abs(first) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first }
  const count = window.to - window.from
  const covariance = xy.total - (x.total * y.total) / count
  const variance = x2.total - (x.total * x.total) / count
  const slope = covariance / variance
  return { slope, intercept: y.total / count - (slope * x.total) / count }
}

const isTooShort = ({ from, to }: Window) => to - from < 2

function predicted(window: Window): number | undefined {
  if (isTooShort(window)) return undefined
  const { slope, intercept } = linearRegression(window, window.time)
  return slope * (window.scalars[0] ?? NaN) + intercept
}

function checkFactor(factor: number, name: string): void {
  if (factor > 0 && factor < 1) return
  if (Number.isNaN(factor)) return
  const got = Number.isFinite(factor) ? factor.toFixed(6) : formatNumber(factor)
  throw executionError(`invalid ${name} factor. Expected: 0 < ${name[0]}f < 1, got: ${got}`)
}

/** Double exponential smoothing: a smoothed value and a smoothed trend. */
function holtWinters(window: Window): number | undefined {
  const [smoothing = NaN, trending = NaN] = window.scalars
  checkFactor(smoothing, 'smoothing')
  checkFactor(trending, 'trend')
  if (isTooShort(window)) return undefined
  let before = 0
  let smoothed = valueAt(window, window.from)
  let trend = valueAt(window, window.from + 1) - smoothed
  for (let index = window.from + 1; index < window.to; index++) {
    if (index > window.from + 1) trend = trending * (smoothed - before) + (1 - trending) * trend
    const next = smoothing * valueAt(window, index) + (1 - smoothing) * (smoothed + trend)
    before = smoothed
    smoothed = next
  }
  return smoothed
}

export const REGRESSIONS: Readonly<Record<string, RangeFunction>> = {
  // A time near to the samples keeps the numbers small.
  deriv: (window) =>
    isTooShort(window) ? undefined : linearRegression(window, timeAt(window, window.from)).slope,
  holt_winters: holtWinters,
  predict_linear: predicted,
}
