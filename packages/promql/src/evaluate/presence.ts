import type { StepSeries } from './series.ts'

/** 1 for each step at which any of the series has a value. */
export function anyPresent(series: readonly StepSeries[], count: number): Uint8Array {
  const any = new Uint8Array(count)
  for (const { present } of series) {
    for (let step = 0; step < count; step++) any[step] = (any[step] ?? 0) | (present[step] ?? 0)
  }
  return any
}
