import type { Unit } from '../format/numbers.ts'
import { Value } from '../parts/value.tsx'
import { useApp } from '../state/app.ts'
import type { Grid } from '../state/time.ts'
import { indexAt, valueAt } from './geometry.ts'

/**
 * A figure that has a series: at rest its present value, at the sightline the value then, in the accent colour. Its width is reserved, so
 * that nothing beside it moves.
 */
export function Figure({
  of,
  values,
  grid,
  unit,
  state,
  estimate = false,
}: {
  /** The value at rest. */
  of: number | null | undefined
  /** Values on the grid of the page, or at fewer equal steps over the same time. `undefined`: not loaded yet. */
  values: ReadonlyArray<number | null> | undefined
  /** The grid of the values, if it may be an older one than the page's. */
  grid?: Grid | undefined
  unit: Unit
  /** Whether the value at rest is wrong or about to be. The value at the sightline never has a state. */
  state?: 'bad' | 'warn' | undefined
  estimate?: boolean
}) {
  const { sightline, time } = useApp()
  const { value: at } = sightline.at
  const on = at === null ? undefined : (grid ?? time.grid.value)
  const index = on === undefined ? null : indexAt(on, at)
  if (on === undefined || index === null || values === undefined)
    return (
      <span class={`figure ${state === undefined ? '' : `${state} strong`}`}>
        <Value of={of} unit={unit} estimate={estimate} />
      </span>
    )
  return (
    <span class="figure then">
      <Value of={valueAt(values, index, on.count)} unit={unit} estimate={estimate} />
    </span>
  )
}
