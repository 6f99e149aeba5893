import { Figure } from '../charts/figure.tsx'
import type { Grid } from '../state/time.ts'

/** A share of a whole, with a bar as long as it. */
export function Share({
  of,
  values,
  grid,
}: {
  of: number | null | undefined
  values?: ReadonlyArray<number | null> | undefined
  grid?: Grid | undefined
}) {
  if (of === null || of === undefined) return null
  return (
    <>
      <Figure of={of} values={values} grid={grid} unit="ratio" />{' '}
      <span class="part">
        <i style={{ width: `${Math.min(1, of) * 100}%` }} />
      </span>
    </>
  )
}
