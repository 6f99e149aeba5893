import { DATES } from './dates.ts'

/**
 * A function of each value of a vector, and of up to two scalar arguments. `undefined` leaves the element out.
 */
export type Elementwise = (value: number, first?: number, second?: number) => number | undefined

/** Go's: an infinite bound counts more than NaN. */
function maximum(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b)
}

/** Go's: an infinite bound counts more than NaN. */
function minimum(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b)
}

function clamp(value: number, low = NaN, high = NaN): number | undefined {
  return high < low ? undefined : maximum(low, minimum(high, value))
}

/** Ties are rounded up. The inverse has fewer rounding errors than a division by the unit. */
function round(value: number, unit = 1): number {
  const inverse = 1 / unit
  return Math.floor(value * inverse + 0.5) / inverse
}

/** Go's, so that `floor(log10(x))` has the same value as in Prometheus: `Math.log10` rounds another way. */
function log10(value: number): number {
  return Math.log(value) * Math.LOG10E
}

function sign(value: number): number {
  return value < 0 ? -1 : value > 0 ? 1 : value
}

export const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  clamp,
  clamp_max: (value, high = NaN) => minimum(high, value),
  clamp_min: (value, low = NaN) => maximum(low, value),
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (value) => (value * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10,
  log2: Math.log2,
  rad: (value) => (value * Math.PI) / 180,
  round,
  sgn: sign,
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  ...DATES,
}
