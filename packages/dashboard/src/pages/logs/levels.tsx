import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import type { Mark } from '../../charts/types.ts'
import { grouped } from '../../format/numbers.ts'
import { clock } from '../../format/times.ts'
import { type Buckets, type Lane, lanesText, perText, ticksOf } from '../../logs/lanes.ts'
import { useApp } from '../../state/app.ts'
import type { Span } from '../../state/time.ts'

/** Pixels: the names and sums, the right edge, the time axis. */
const [LEFT, RIGHT, BOTTOM] = [104, 2, 18]
const FILL: Readonly<Record<string, string>> = { error: 'bad-mark', warn: 'warn-mark' }

/**
 * Lines by level, each level in a lane with its own scale. Shows the counts at the sightline. A part of it that is selected with the pointer
 * becomes the time range.
 */
export function Levels({
  lanes,
  before,
  buckets,
  span,
  marks,
  onGo,
}: {
  lanes: readonly Lane[]
  /** The lanes of the range that is compared. */
  before: readonly Lane[] | undefined
  buckets: Buckets
  span: Span
  marks: readonly Mark[]
  /** Called with a time that was clicked, in milliseconds. */
  onGo: (time: number) => void
}) {
  const { sightline, time } = useApp()
  const plot = useRef<HTMLDivElement>(null)
  const size = useSignal({ width: 0, height: 0 })
  const brush = useSignal<Span | undefined>(undefined)

  useEffect(() => {
    const { current } = plot
    if (current === null) return undefined
    const measure = () => (size.value = { width: current.clientWidth, height: current.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [size])

  const { width, height } = size.value
  const scale = (width - LEFT - RIGHT) / (span.to - span.from)
  const x = (at: number) => LEFT + (at - span.from) * scale
  const timeAt = (event: PointerEvent) => {
    const { left } =
      event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : { left: 0 }
    return Math.min(span.to, Math.max(span.from, span.from + (event.clientX - left - LEFT) / scale))
  }

  function onPointerMove(event: PointerEvent): void {
    const at = timeAt(event)
    sightline.point(at, 'levels')
    if (brush.value !== undefined && event.buttons === 1) brush.value = { ...brush.value, to: at }
  }

  function onPointerUp(): void {
    const { from, to } = brush.value ?? { from: 0, to: 0 }
    brush.value = undefined
    if (Math.abs(to - from) * scale > 6) {
      sightline.point(null)
      time.show({ from: Math.min(from, to), to: Math.max(from, to) })
    } else pin()
  }

  function pin(): void {
    sightline.pin()
    const at = sightline.at.peek()
    if (at !== null) onGo(at)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -5, PageDown: 5 }[event.key]
    if (step !== undefined) sightline.point((sightline.at.peek() ?? span.to) + step * buckets.width, 'levels')
    else if (event.key === ' ') pin()
    else return
    event.preventDefault()
  }

  const laneHeight = (height - BOTTOM) / lanes.length
  const bar = buckets.width * scale
  const at = sightline.at.value
  const index = at === null ? -1 : Math.floor((at - buckets.from) / buckets.width)
  const ticks = width > 0 ? ticksOf(span, (width - LEFT) / 110) : []

  return (
    <figure class="chart levels" aria-label={`Lines ${perText(buckets.width)} by level`}>
      <div
        ref={plot}
        class={lanes.length > 3 ? 'plot h7' : 'plot'}
        tabIndex={0}
        role="img"
        aria-label={lanesText(lanes, buckets, clock)}
        onPointerDown={(event) => {
          if (event.button === 0) brush.value = { from: timeAt(event), to: timeAt(event) }
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => {
          brush.value = undefined
          sightline.point(null)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => sightline.point(null)}
      >
        <svg aria-hidden="true">
          {width > 0 &&
            lanes.map(({ name, counts, sum, most }, n) => {
              const floor = Math.round((n + 1) * laneHeight) - 1
              const earlier = before?.find((lane) => lane.name === name)
              const top = Math.max(most, earlier?.most ?? 0)
              const high = (count: number) =>
                count === 0 ? 0 : Math.max(1.5, (count / top) * (laneHeight - 9))
              return (
                <g key={name}>
                  {counts.map((count, bucket) => {
                    const left = Math.max(LEFT, x(buckets.from + bucket * buckets.width))
                    const right = Math.min(width - RIGHT, x(buckets.from + (bucket + 1) * buckets.width))
                    return (
                      count > 0 &&
                      right - left > 0.5 && (
                        <rect
                          key={bucket}
                          x={left}
                          y={floor - high(count)}
                          width={Math.max(0.5, right - left - (bar > 4 ? 1.5 : 0.5))}
                          height={high(count)}
                          fill={`var(--${FILL[name] ?? 'h3'})`}
                        />
                      )
                    )
                  })}
                  {earlier !== undefined && (
                    <path
                      class="ln prev"
                      d={earlier.counts
                        .map((count, bucket) => {
                          const left = x(buckets.from + bucket * buckets.width)
                          return `M${Math.max(LEFT, left)} ${floor - high(count)}H${Math.min(width - RIGHT, left + bar - 1)}`
                        })
                        .join('')}
                    />
                  )}
                  <line
                    class={n === lanes.length - 1 ? 'bl' : 'gl'}
                    x1={LEFT}
                    x2={width - RIGHT}
                    y1={floor}
                    y2={floor}
                  />
                  <text class="ax" x={0} y={floor - 3}>
                    {name}
                  </text>
                  <text class={index < 0 ? 'ax' : 'ax here'} x={LEFT - 40} y={floor - 3} text-anchor="end">
                    {grouped(index < 0 ? sum : (counts[index] ?? 0))}
                  </text>
                  {top > 0 && (
                    <text class="ax" x={LEFT - 6} y={floor - laneHeight + 17} text-anchor="end">
                      {grouped(top)}
                    </text>
                  )}
                </g>
              )
            })}
          {ticks.map((tick) => {
            const left = Math.round(x(tick))
            return (
              left > LEFT + 10 &&
              left < width - 14 && (
                <g key={tick}>
                  <line class="bl" x1={left} x2={left} y1={height - BOTTOM} y2={height - BOTTOM + 3} />
                  <text class="ax" x={left} y={height - 3} text-anchor="middle">
                    {clock(tick)}
                  </text>
                </g>
              )
            )
          })}
          {marks
            .filter((mark) => mark.time >= span.from && mark.time < span.to)
            .map((mark) => {
              const left = Math.round(x(mark.time))
              return (
                <g key={mark.time}>
                  <title>{mark.text}</title>
                  <line class="dep" x1={left} x2={left} y1={4} y2={height - BOTTOM} />
                  <path class="dep-m" d={`M${left - 4} 0h8l-4 6z`} />
                </g>
              )
            })}
          {brush.value !== undefined && (
            <rect
              class="brush"
              x={x(Math.min(brush.value.from, brush.value.to))}
              y={2}
              width={Math.abs(brush.value.to - brush.value.from) * scale}
              height={Math.max(0, height - BOTTOM - 2)}
            />
          )}
          {at !== null && at >= span.from && at <= span.to && (
            <line class="sight" x1={Math.round(x(at))} x2={Math.round(x(at))} y1={4} y2={height - BOTTOM} />
          )}
        </svg>
      </div>
    </figure>
  )
}
