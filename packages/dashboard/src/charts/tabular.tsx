import { type ReadonlySignal, useSignal } from '@preact/signals'

import { textOf, type Unit } from '../format/numbers.ts'
import { clockSeconds } from '../format/times.ts'
import type { Grid } from '../state/time.ts'
import type { ChartLine } from './types.ts'

/** The figures of a chart as a table, the newest first: for screen readers, and for copying. Made when it is opened. */
export function Tabular({
  lines,
  grid,
  unit,
}: {
  lines: ReadonlySignal<readonly ChartLine[]>
  grid: ReadonlySignal<Grid>
  unit: Unit
}) {
  const isOpen = useSignal(false)
  return (
    <details class="tabular" onToggle={({ currentTarget }) => void (isOpen.value = currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen.value && (
        <div class="wide" tabIndex={0}>
          <table class="tbl">
            <thead>
              <tr>
                <th scope="col">Time</th>
                {lines.value.map(({ label }, n) => (
                  <th key={n} scope="col" class="num">
                    {label === '' ? 'Value' : label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{rowsOf(lines.value, grid.value, unit)}</tbody>
          </table>
        </div>
      )}
    </details>
  )
}

function rowsOf(lines: readonly ChartLine[], { start, step, count }: Grid, unit: Unit) {
  const known = Array.from({ length: count }, (_, n) => count - 1 - n).filter((n) =>
    lines.some(({ values }) => (values[n] ?? null) !== null),
  )
  return known.map((n) => (
    <tr key={start + n * step}>
      <th scope="row">{clockSeconds(start + n * step)}</th>
      {lines.map(({ values }, each) => {
        const value = values[n] ?? null
        return (
          <td key={each} class="num">
            {value !== null && textOf(value, unit)}
          </td>
        )
      })}
    </tr>
  ))
}
