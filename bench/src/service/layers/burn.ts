import type { Layer } from '../layer.ts'

const CALIBRATIONS = 30
const CALIBRATION_TURNS = 200_000

/** A known cost in the handler: what its row reads says how to read all others. About what Sightline costs. */
export function layer(): Layer {
  return burnOf(5)
}

/** The same, about what a stack of peers costs. */
export function longLayer(): Layer {
  return burnOf(40)
}

function burnOf(micros: number): Layer {
  const turns = Math.round((micros * 1_000) / nanosPerTurn())
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
