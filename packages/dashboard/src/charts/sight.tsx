import type { ReadonlySignal } from '@preact/signals'

import { textOf, type Unit } from '../format/numbers.ts'
import { clockSeconds } from '../format/times.ts'
import { useApp } from '../state/app.ts'
import type { Grid, Span } from '../state/time.ts'
import { type Geometry, indexAt, xOf, yOf } from './geometry.ts'
import type { ChartLine } from './types.ts'

/** Pixels from the edge that the time stays away, so that it is not cut off. */
const EDGE = 26

/** The sightline over a chart: a line, a dot on each of the chart's lines, and the time in the chart that is pointed at. */
export function Sight({
  id,
  geometry,
  lines,
  brush,
}: {
  id: string
  geometry: ReadonlySignal<Geometry | undefined>
  lines: ReadonlySignal<readonly ChartLine[]>
  brush: ReadonlySignal<Span | null>
}) {
  const { sightline } = useApp()
  const place = geometry.value
  if (place === undefined) return null
  const { grid, top, height, bottom, width } = place
  const index = indexAt(grid, sightline.at.value)
  const time = index === null ? null : grid.start + index * grid.step
  const x = time === null ? 0 : Math.round(xOf(place, time)) + 0.5
  const over = sightline.over.value
  const selected = brush.value
  return (
    <>
      <svg aria-hidden="true">
        {selected !== null && (
          <rect
            class="brush"
            x={xOf(place, selected.from)}
            width={Math.max(1, xOf(place, selected.to) - xOf(place, selected.from))}
            y={top}
            height={height - top - bottom}
          />
        )}
        {index !== null && <line class="sight" x1={x} x2={x} y1={top - 4} y2={height - bottom} />}
        {index !== null &&
          lines.value.map(({ label, values }) => {
            const value = values[index] ?? null
            return (
              value !== null && <circle key={label} class="sight-d" cx={x} cy={yOf(place, value)} r="3" />
            )
          })}
      </svg>
      {selected !== null ? (
        <span
          class="flag"
          style={{ transform: at(xOf(place, (selected.from + selected.to) / 2), width, 2 * EDGE) }}
        >
          {clockSeconds(selected.from)} – {clockSeconds(selected.to)}
        </span>
      ) : (
        time !== null &&
        (over === id || over === null) && (
          <span class="flag" style={{ transform: at(x, width, EDGE) }}>
            {clockSeconds(time)}
          </span>
        )
      )}
    </>
  )
}

/** Moves a text by a transform, which does not lay out the page again. */
const at = (x: number, width: number, edge: number) =>
  `translateX(calc(${Math.min(width - edge, Math.max(edge, x))}px - 50%))`

/** Tells screen readers the values at the sightline while keys move it. */
export function Spoken({
  isByKeys,
  lines,
  grid,
  unit,
}: {
  isByKeys: ReadonlySignal<boolean>
  lines: ReadonlySignal<readonly ChartLine[]>
  grid: ReadonlySignal<Grid>
  unit: Unit
}) {
  const { sightline } = useApp()
  const index = isByKeys.value ? indexAt(grid.value, sightline.at.value) : null
  return (
    <output class="sr">
      {index !== null &&
        [
          clockSeconds(grid.value.start + index * grid.value.step),
          ...lines.value.map(({ label, values }) => {
            const value = values[index] ?? null
            return `${label} ${value === null ? 'no data' : textOf(value, unit)}`
          }),
        ].join(', ')}
    </output>
  )
}
