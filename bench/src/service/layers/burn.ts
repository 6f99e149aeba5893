import type { Layer } from '../layer.ts'

const CALIBRATIONS = 30
const CALIBRATION_TURNS = 200_000

/**
 * Adds a known cost to the handler, about that of Sightline: the measured value of this row calibrates all
 * others.
 */
export function layer(): Layer {
  return burnOf(5)
}

/** The same, with about the cost of a stack of peers. */
export function longLayer(): Layer {
  return burnOf(40)
}

function burnOf(micros: number): Layer {
  const turns = Math.round((micros * 1_000) / nanosPerTurn())
  return { work: () => void spin(turns) }
}

/** The minimum of several runs: interruptions do not count. */
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

/** Each turn depends on the one before, and the result may be read: the compiler cannot remove the loop. */
function spin(turns: number): number {
  for (let i = 0; i < turns; i++) hash = Math.imul(hash ^ i, 0x01000193) + 1
  return hash
}
