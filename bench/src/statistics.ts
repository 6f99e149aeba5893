/** The median and quartiles of a set of measurements. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), median: quantile(values, 0.5), high: quantile(values, 0.75) }
}

export function medianOf(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** A quantile, interpolated between two measurements. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new Error('there is nothing to take a quantile of')
  return below + (above - below) * (position - Math.floor(position))
}

/** The slope of points by least squares, in units of y per unit of x. */
export function slopeOf(points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const rise = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const run = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return rise / run
}
