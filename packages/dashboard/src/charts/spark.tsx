import { useComputed } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import type { Grid } from '../state/time.ts'
import { useBox } from './box.ts'
import { endOf, type Geometry, indexAt, xOf, yOf } from './geometry.ts'
import { extremesOf } from './lines.ts'
import { usePointing } from './pointing.ts'
import type { Band, Mark } from './types.ts'

/** Pixels on the right for the dot at the end of the line, and above and below it. */
const ROOM = { right: 4, edge: 2 }

/** What a sparkline draws. */
export interface SparkProps {
  /** What it shows, for screen readers: `payments, p95`. */
  readonly label: string
  /** Values on the grid of the page, or at fewer equal steps over the same time. `undefined`: not loaded yet. */
  readonly values: ReadonlyArray<number | null> | undefined
  /** The grid of the values, if it may be an older one than the page's. */
  readonly grid?: Grid | undefined
  /** The line is red above this. */
  readonly over?: number | undefined
  readonly band?: Band | undefined
  readonly marks?: readonly Mark[] | undefined
  /** Counts are bars, single events ticks: a line would invent values in between. */
  readonly as?: 'line' | 'bars' | 'ticks'
  /** Whether bars are failures, and red. */
  readonly isBad?: boolean
  /** The least value that reaches the top. */
  readonly max?: number
  /** Whether it begins near the least value instead of 0. For gauges of a narrow range. */
  readonly isNarrow?: boolean
}

/** A small chart in a row. The sightline goes through it. */
export function Spark(props: SparkProps) {
  const {
    label,
    values = [],
    as = 'line',
    over = Infinity,
    band,
    marks = [],
    max = 0,
    isNarrow = false,
  } = props
  const { time, sightline } = useApp()
  const id = useId()
  const element = useRef<SVGSVGElement>(null)
  const { size } = useBox(element)
  const grid = props.grid ?? time.grid.value
  const place = geometryOf(size.value, grid, values, max, isNarrow)
  const { listeners } = usePointing({ id, place: () => place })
  const index = useComputed(() => indexAt(props.grid ?? time.grid.value, sightline.at.value)).value

  return (
    <svg ref={element} class="spark" role="img" aria-label={label} {...listeners}>
      {place !== undefined && (
        <>
          {band !== undefined && <path class="band" d={bandOf(place, band)} />}
          {as !== 'line' && (
            <line class="gl" x1="0" x2={place.width} y1={place.height - 1} y2={place.height - 1} />
          )}
          {marks.map(({ time: at, text }) => {
            const x = Math.round(xOf(place, at)) + 0.5
            const isIn = at >= grid.start && at <= endOf(grid)
            return isIn && <line key={`${at} ${text}`} class="dep" x1={x} x2={x} y1="0" y2={place.height} />
          })}
          {as === 'line' ? (
            <Line place={place} values={values} over={over} />
          ) : (
            <Bars place={place} values={values} isTicks={as === 'ticks'} isBad={props.isBad === true} />
          )}
          {index !== null && (
            <line
              class="sight"
              x1={Math.round(xOf(place, grid.start + index * grid.step)) + 0.5}
              x2={Math.round(xOf(place, grid.start + index * grid.step)) + 0.5}
              y1="0"
              y2={place.height}
            />
          )}
        </>
      )}
    </svg>
  )
}

type Values = ReadonlyArray<number | null>

function geometryOf(
  size: Pick<Geometry, 'width' | 'height'> | undefined,
  grid: Grid,
  values: Values,
  max: number,
  isNarrow: boolean,
): Geometry | undefined {
  if (size === undefined) return undefined
  const { least = 0, peak = 0 } = extremesOf(values) ?? {}
  const top = Math.max(peak, max) * 1.05 || 1
  const axis = { min: isNarrow ? least * 0.85 : Math.min(0, least), max: top, ticks: [] }
  return { ...size, left: 0, right: ROOM.right, top: ROOM.edge, bottom: ROOM.edge, grid, axis }
}

/** Pixels from the left of the value at a position. */
const across = ({ width, right }: Geometry, n: number, count: number) =>
  (n / Math.max(1, count - 1)) * (width - right)

function Line({ place, values, over }: { place: Geometry; values: Values; over: number }) {
  const last = values.findLastIndex((value) => value !== null)
  const end = values[last] ?? null
  const isOver = end !== null && end > over
  return (
    <>
      <path class="ln" d={pathOf(place, values)} />
      {isOver && <path class="ln over" d={pathOf(place, values, beginOf(values, over) - 1)} />}
      {end !== null && (
        <circle
          class={isOver ? 'end over' : 'end'}
          cx={across(place, last, values.length)}
          cy={yOf(place, end)}
          r="1.75"
        />
      )}
    </>
  )
}

/** Where the line went over the limit for good. */
const beginOf = (values: Values, over: number) =>
  values.findLastIndex((value) => value !== null && value <= over) + 1

function pathOf(place: Geometry, values: Values, from = 0): string {
  let path = ''
  let isOn = false
  for (const [n, value] of values.entries()) {
    if (value !== null && n >= from)
      path += `${isOn ? 'L' : 'M'}${across(place, n, values.length).toFixed(1)} ${yOf(place, value).toFixed(1)}`
    isOn = value !== null && n >= from
  }
  return path
}

function bandOf(place: Geometry, { low, high }: Band): string {
  const point = (n: number, value: number | null, count: number) =>
    value === null
      ? []
      : [`${across(place, n, count).toFixed(1)} ${Math.max(0, yOf(place, value)).toFixed(1)}`]
  const above = high.flatMap((value, n) => point(n, value, high.length))
  const below = low.flatMap((value, n) => point(n, value, low.length))
  return above.length === 0 ? '' : `M${[...above, ...below.toReversed()].join('L')}Z`
}

function Bars({
  place,
  values,
  isTicks,
  isBad,
}: {
  place: Geometry
  values: Values
  isTicks: boolean
  isBad: boolean
}) {
  const width = (place.width - place.right) / Math.max(1, values.length)
  const { height } = place
  return (
    <>
      {values.map((value, n) => {
        if (value === null || value <= 0) return null
        const y = isTicks ? height - 9 : Math.min(height - 2, yOf(place, value))
        return (
          <rect
            key={n}
            class={isBad ? 'fire' : isTicks ? 'tick' : 'catf slow'}
            x={n * width}
            y={y}
            width={isTicks ? 1.5 : Math.max(1, width - 1)}
            height={height - 1 - y}
          />
        )
      })}
    </>
  )
}
