import type { Unit } from '../../format/numbers.ts'
import type { Geometry } from '../geometry.ts'
import type { Band, ChartLine, Exemplar, Mark, Threshold } from '../types.ts'

/** All that a canvas shows. */
export interface Scene {
  readonly geometry: Geometry
  readonly lines: readonly ChartLine[]
  readonly unit: Unit
  readonly band: Band | undefined
  readonly threshold: Threshold | undefined
  readonly marks: readonly Mark[]
  readonly hasMarkText: boolean
  readonly exemplars: readonly Exemplar[]
  readonly bars: boolean
  readonly isStale: boolean
}
