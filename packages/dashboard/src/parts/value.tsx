import { figureOf, type Unit } from '../format/numbers.ts'

/** A figure with its unit, muted. Nothing at all where there is no value. */
export function Value({
  of,
  unit,
  estimate = false,
}: {
  of: number | null | undefined
  unit: Unit
  estimate?: boolean
}) {
  if (of === null || of === undefined || Number.isNaN(of)) return null
  const { figure, unit: written } = figureOf(of, unit)
  return (
    <>
      {estimate && '≈ '}
      {figure}
      {written !== '' && <span class="u">{written}</span>}
    </>
  )
}
