import { useId, useRef } from 'preact/hooks'

import { timeTicks } from '../../charts/axis.ts'
import { useBox } from '../../charts/box.ts'
import { type Geometry, xOf } from '../../charts/geometry.ts'
import { usePointing } from '../../charts/pointing.ts'
import type { Mark } from '../../charts/types.ts'
import { grouped } from '../../format/numbers.ts'
import { clock } from '../../format/times.ts'
import { type Buckets, type Lane, lanesText, perText } from '../../logs/lanes.ts'
import { rem } from '../../parts/rem.ts'
import { useApp } from '../../state/app.ts'

type Place = Pick<Geometry, 'width' | 'left' | 'right' | 'grid'>

/** Names and sums on the left, in font sizes; pixels on the right and of the time axis below. */
const [NAMES, RIGHT, BOTTOM] = [6.5, 2, 18]
const FILL: Readonly<Record<string, string>> = { error: 'bad-mark', warn: 'warn-mark' }

/**
 * Lines by level, each level in a lane with its own scale. Shows the counts at the sightline. A part that is selected becomes the time range.
 */
export function Levels({
  lanes,
  before,
  buckets,
  marks,
}: {
  lanes: readonly Lane[]
  /** The lanes of the range that is compared. */
  before: readonly Lane[]
  buckets: Buckets
  marks: readonly Mark[]
}) {
  const { sightline, time } = useApp()
  const id = useId()
  const plot = useRef<HTMLDivElement>(null)
  const { size } = useBox(plot)
  const { width = 0, height = 0 } = size.value ?? {}
  const { from, to, count } = buckets
  const grid = { start: from, step: buckets.width, count: count + 1 }
  const left = NAMES * rem()
  const place: Place = { width, left, right: RIGHT, grid }
  const { listeners, brush } = usePointing({
    id,
    place: () => (width === 0 ? undefined : place),
    onSelect: (first, end) => time.show({ from: first, to: end }),
  })

  const at = sightline.at.value
  const index = at === null ? -1 : Math.min(count - 1, Math.floor((at - from) / buckets.width))
  const laneHeight = (height - BOTTOM) / lanes.length
  const selected = brush.value
  const x = (ms: number) => Math.round(xOf(place, ms))

  return (
    <figure class="chart levels" aria-label={`Lines ${perText(buckets.width)} by level`}>
      <div
        ref={plot}
        class={lanes.length > 3 ? 'plot h7' : 'plot'}
        tabIndex={0}
        role="img"
        aria-label={lanesText(lanes, buckets, clock)}
        {...listeners}
      >
        {width > 0 && (
          <svg aria-hidden="true">
            {lanes.map((lane, n) => (
              <LaneBars
                key={lane.name}
                lane={lane}
                earlier={before.find(({ name }) => name === lane.name)}
                place={place}
                floor={Math.round((n + 1) * laneHeight) - 1}
                high={laneHeight - 9}
                index={index}
                isLast={n === lanes.length - 1}
              />
            ))}
            {timeTicks(from, to, width - left).map(
              ([tick, text]) =>
                x(tick) > left + 10 &&
                x(tick) < width - 14 && (
                  <g key={tick}>
                    <line
                      class="bl"
                      x1={x(tick)}
                      x2={x(tick)}
                      y1={height - BOTTOM}
                      y2={height - BOTTOM + 3}
                    />
                    <text class="ax" x={x(tick)} y={height - 3} text-anchor="middle">
                      {text}
                    </text>
                  </g>
                ),
            )}
            {marks
              .filter((mark) => mark.time >= from && mark.time < to)
              .map((mark) => (
                <g key={mark.time}>
                  <title>{mark.text}</title>
                  <line class="dep" x1={x(mark.time)} x2={x(mark.time)} y1={4} y2={height - BOTTOM} />
                  <path class="dep-m" d={`M${x(mark.time) - 4} 0h8l-4 6z`} />
                </g>
              ))}
            {selected !== null && (
              <rect
                class="brush"
                x={x(selected.from)}
                y={2}
                width={x(selected.to) - x(selected.from)}
                height={height - BOTTOM - 2}
              />
            )}
            {index >= 0 && at !== null && (
              <line class="sight" x1={x(at)} x2={x(at)} y1={4} y2={height - BOTTOM} />
            )}
          </svg>
        )}
      </div>
      <output class="sr">
        {index >= 0 &&
          at !== null &&
          `${clock(at)}: ${lanes.map(({ name, counts }) => `${counts[index] ?? 0} ${name}`).join(', ')}`}
      </output>
    </figure>
  )
}

function LaneBars({
  lane: { name, counts, sum, most },
  earlier,
  place,
  floor,
  high,
  index,
  isLast,
}: {
  lane: Lane
  earlier: Lane | undefined
  place: Place
  /** Where the lane ends, and the height of its highest bar, in pixels. */
  floor: number
  high: number
  /** The bar at the sightline, or -1. */
  index: number
  isLast: boolean
}) {
  const top = Math.max(most, earlier?.most ?? 0)
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / top) * high))
  const { left } = place
  const right = place.width - RIGHT
  const bar = (right - left) / counts.length
  return (
    <>
      {counts.map(
        (count, n) =>
          count > 0 && (
            <rect
              key={n}
              x={left + n * bar}
              y={floor - heightOf(count)}
              width={Math.max(1, bar - (bar > 4 ? 1.5 : 0.5))}
              height={heightOf(count)}
              fill={`var(--${FILL[name] ?? 'h3'})`}
            />
          ),
      )}
      {earlier !== undefined && (
        <path
          class="ln prev"
          d={earlier.counts
            .map((count, n) => `M${left + n * bar} ${floor - heightOf(count)}h${bar - 1}`)
            .join('')}
        />
      )}
      <line class={isLast ? 'bl' : 'gl'} x1={left} x2={right} y1={floor} y2={floor} />
      <text class="ax" x={0} y={floor - 3}>
        {name}
      </text>
      <text class={index < 0 ? 'ax' : 'ax here'} x={left - 2.5 * rem()} y={floor - 3} text-anchor="end">
        {grouped(index < 0 ? sum : (counts[index] ?? 0))}
      </text>
      {top > 0 && (
        <text class="ax" x={left - 6} y={floor - high + 8} text-anchor="end">
          {grouped(top)}
        </text>
      )}
    </>
  )
}
