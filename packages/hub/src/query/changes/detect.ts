/** Values at equal steps, `null` where there is none. */
export type Values = readonly (number | null)[]

/** A level that a series left, and the one that it went to. */
export interface Shift {
  /** The first step of the new level. */
  readonly at: number
  readonly before: number
  readonly after: number
  /** Requests on each side. */
  readonly beforeWeight: number
  readonly afterWeight: number
}

/** Steps of the level after, and twice as many of the one before. */
const AFTER = 10
const BEFORE = 2 * AFTER
/** Steps outside of what was before, from which on it is a level and not an outlier. */
const LEAST = 3
/** Share of the steps after that have to be outside. */
const MOSTLY = 0.6

/**
 * The step at which a series changed its level most, within the second half of the steps. Levels are means, weighted by the requests of
 * each step. `undefined` where too few steps are outside of the range of those before.
 *
 * @param weights requests in each step
 */
export function shiftOf(values: Values, weights: Values): Shift | undefined {
  let best: { readonly shift: Shift; readonly score: number } | undefined
  for (let at = Math.floor(values.length / 2); at <= values.length - LEAST; at++) {
    const before = levelOf(values, weights, at - BEFORE, at)
    const after = levelOf(values, weights, at, at + AFTER)
    if (before === undefined || after === undefined) continue
    const rise = after.mean > before.mean
    const present = valuesIn(values, at, at + AFTER)
    const isOutside = (value: number) => (rise ? value > before.most : value < before.least)
    const outside = present.filter(isOutside).length
    if (outside < Math.max(LEAST, present.length * MOSTLY)) continue
    const score = Math.abs(after.mean - before.mean) * Math.sqrt(Math.min(before.weight, after.weight))
    if (best !== undefined && best.score >= score) continue
    const shift = {
      at,
      before: before.mean,
      after: after.mean,
      beforeWeight: before.weight,
      afterWeight: after.weight,
    }
    best = { shift: { ...shift, at: startOf(values, at, isOutside) }, score }
  }
  return best?.shift
}

/** The first of the steps before that are outside already. */
function startOf(values: Values, at: number, isOutside: (value: number) => boolean): number {
  let start = at
  for (
    let value = values[start - 1];
    typeof value === 'number' && isOutside(value);
    value = values[start - 1]
  )
    start--
  return start
}

function levelOf(values: Values, weights: Values, from: number, to: number) {
  let weight = 0
  let sum = 0
  const present: number[] = []
  for (let at = Math.max(0, from); at < Math.min(values.length, to); at++) {
    const value = values[at]
    if (value === null || value === undefined) continue
    const each = weights[at] ?? 0
    weight += each
    sum += value * each
    present.push(value)
  }
  if (weight === 0) return undefined
  const sorted = present.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  return { mean: sum / weight, weight, least: quantile(0.05), most: quantile(0.95) }
}

function valuesIn(values: Values, from: number, to: number): number[] {
  return values.slice(from, to).filter((value) => value !== null)
}

/** How many standard deviations two shares of two numbers of requests are apart, if chance alone made them differ. */
export function sharesApart({ before, after, beforeWeight, afterWeight }: Shift): number {
  const pooled = (before * beforeWeight + after * afterWeight) / (beforeWeight + afterWeight)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / beforeWeight + 1 / afterWeight))
  return deviation === 0 ? 0 : Math.abs(after - before) / deviation
}
