import type { Layer } from '../layer.ts'

/** How long the handler keeps the processor busy, in nanoseconds. */
const NANOS = 5_000
const CALIBRATIONS = 30
const CALIBRATION_TURNS = 200_000

/** A known cost in the handler: what this row reads says how to read all others. */
export function layer(): Layer {
  const turns = Math.round(NANOS / nanosPerTurn())
  return { work: () => void spin(turns) }
}

/** The least of many: whatever interrupted the others is not the loop's cost. */
function nanosPerTurn(): number {
  let least = Infinity
  for (let i = 0; i < CALIBRATIONS; i++) {
    const start = process.hrtime.bigint()
    spin(CALIBRATION_TURNS)
    least = Math.min(least, Number(process.hrtime.bigint() - start))
  }
  return least / CALIBRATION_TURNS
}

let hash = 0

/** Each turn needs the one before it, and somebody might read the last: no compiler can leave it out. */
function spin(turns: number): number {
  for (let i = 0; i < turns; i++) hash = Math.imul(hash ^ i, 0x01000193) + 1
  return hash
}
