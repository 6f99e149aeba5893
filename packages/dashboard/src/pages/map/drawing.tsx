import { useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'

import type { Service } from '../../api/shapes.ts'
import { textOf } from '../../format/numbers.ts'
import { markOf, StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'
import { type Call, layoutOf, wayOf } from './layout.ts'
import { ratioOf, severityOf } from './severity.ts'

const NODE = { width: 176, height: 28 }
/** From one column to the next, at least: a call's figures fit between. */
const PITCH = 320
/** With more calls than these, only those that fail or that one points at have their figures. */
const FEW = 40

/** The map as a drawing. Arrow keys go from service to service. */
export function Drawing({ services, calls }: { services: readonly Service[]; calls: readonly Call[] }) {
  const frame = useRef<HTMLDivElement>(null)
  const room = useSignal(1_000)
  useLayoutEffect(() => {
    const { current } = frame
    if (current === null) return undefined
    const observer = new ResizeObserver(() => (room.value = current.clientWidth))
    observer.observe(current)
    return () => observer.disconnect()
  }, [room])
  const over = useSignal<string | null>(null)
  const stop = useSignal<string | null>(null)

  const key = [
    ...services.map(({ name }) => name),
    ...calls.flatMap(({ client, server }) => [client, server]),
  ].join('\n')
  // Figures change with each beat, the drawing only with the services and who calls whom.
  const layout = useMemo(
    () =>
      layoutOf(
        services.map(({ name }) => name),
        calls,
      ),
    [key],
  )
  const row = calls.length > FEW ? 36 : 60
  const pitch = Math.max(PITCH, (room.value - NODE.width - 2) / Math.max(2, layout.columns - 1))
  const width = (layout.columns - 1) * pitch + NODE.width
  const place = new Map(layout.places.map((each) => [each.name, each]))
  const point = ({ column, row: at }: { column: number; row: number }) => ({
    x: column * pitch,
    y: at * row + row / 2,
  })
  /** The points of a call, between its services those at which it goes through columns. */
  function pointsOf({ client, server }: Call): readonly Point[] {
    const [from, to] = [place.get(client), place.get(server)]
    if (from === undefined || to === undefined || from === to) return []
    const ways = Array.from({ length: Math.max(0, to.column - from.column - 1) }, (_, at) => {
      const column = from.column + at + 1
      return point({ column, row: layout.ways.get(wayOf(server, column)) ?? from.row })
    })
    return [point(from), ...ways, point(to)]
  }
  const isNear = (call: Call) => over.value === call.client || over.value === call.server

  function move(event: KeyboardEvent): void {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const from = place.get(over.value ?? '')
    if (step === undefined || from === undefined) return
    event.preventDefault()
    const [columns = 0, rows = 0] = step
    const next = layout.places
      .filter(
        (each) => each.column === from.column + columns && (each.row - from.row) * rows >= 0 && each !== from,
      )
      .toSorted((a, b) => Math.abs(a.row - from.row) - Math.abs(b.row - from.row))[0]
    if (next === undefined) return
    stop.value = next.name
    frame.current?.querySelectorAll('a')[layout.places.indexOf(next)]?.focus()
  }

  const entry = place.has(stop.value ?? '') ? stop.value : layout.places[0]?.name
  return (
    <div class="wide" ref={frame}>
      <div
        class="map"
        role="group"
        aria-label="Services and their calls. Arrow keys go from one to the next. The table below has the figures."
        style={{ width: `${width}px`, height: `${layout.rows * row}px` }}
        onKeyDown={move}
      >
        <svg aria-hidden="true" width={width} height={layout.rows * row}>
          {calls.map((call) => {
            const points = pointsOf(call)
            return (
              <Edge
                key={`${call.client}\n${call.server}`}
                call={call}
                points={points}
                emphasis={over.value === null ? 'usual' : isNear(call) ? 'near' : 'far'}
              />
            )
          })}
          {calls
            .filter((call) =>
              over.value === null ? calls.length <= FEW || ratioOf(call) >= 0.01 : isNear(call),
            )
            .map((call) => (
              <Figures key={`${call.client}\n${call.server}`} call={call} points={pointsOf(call)} />
            ))}
        </svg>
        {layout.places.map((each) => (
          <Node
            key={each.name}
            name={each.name}
            service={services.find(({ name }) => name === each.name)}
            at={point(each)}
            isFar={
              over.value !== null &&
              over.value !== each.name &&
              !calls.some((call) => isNear(call) && (call.client === each.name || call.server === each.name))
            }
            isStop={each.name === entry}
            onPoint={(isOver) => (over.value = isOver ? each.name : null)}
          />
        ))}
      </div>
    </div>
  )
}

/** A service, or what is called without telling the hub of itself, such as a database. */
function Node({
  name,
  service,
  at,
  isFar,
  isStop,
  onPoint,
}: {
  name: string
  service: Service | undefined
  at: Point
  isFar: boolean
  isStop: boolean
  onPoint: (isOver: boolean) => void
}) {
  const { address } = useApp()
  return (
    <a
      class={isFar ? 'far' : service === undefined ? 'peer' : ''}
      href={
        service === undefined
          ? address.to('/map', { near: name })
          : address.to(`/services/${encodeURIComponent(name)}`)
      }
      title={service?.reason ? `${name}: ${service.reason}` : name}
      tabIndex={isStop ? 0 : -1}
      style={{ left: `${at.x}px`, top: `${at.y - NODE.height / 2}px`, width: `${NODE.width}px` }}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
    >
      {service !== undefined && <StateMark state={markOf(service.state)} label={service.state} />}
      <span class="clip">{name}</span>
    </a>
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

/** The line of a call. */
function Edge({
  call,
  points,
  emphasis,
}: {
  call: Call
  points: readonly Point[]
  emphasis: 'usual' | 'near' | 'far'
}) {
  const [from] = points
  const to = points.at(-1)
  if (from === undefined || to === undefined) return null
  const isForward = to.x > from.x
  return (
    <g class={`edge ${severityOf(ratioOf(call))} ${emphasis}`}>
      <path
        d={pathOf(points, isForward)}
        stroke-width={1 + Math.min(2.5, Math.max(0, Math.log10(call.rate + 0.1) + 1) * 0.7)}
      />
      <path
        class="tip"
        d={
          isForward ? `M${to.x - 8} ${to.y - 4}l8 4l-8 4z` : `M${to.x + NODE.width + 8} ${to.y - 4}l-8 4l8 4z`
        }
      />
    </g>
  )
}

/** Rate, share of failures and p95 of a call, on the first part of its line. */
function Figures({ call, points }: { call: Call; points: readonly Point[] }) {
  const [from, next] = points
  if (from === undefined || next === undefined) return null
  const ratio = ratioOf(call)
  const start = from.x + NODE.width
  const isForward = next.x > from.x
  return (
    <text
      class={`ax halo ${severityOf(ratio)}`}
      x={isForward ? (start + next.x) / 2 : start + 20}
      y={(from.y + next.y) / 2 + 4}
      text-anchor={isForward ? 'middle' : 'start'}
    >
      {[
        textOf(call.rate, '/s'),
        ratio > 0 && textOf(ratio, 'ratio'),
        call.p95 !== null && textOf(call.p95, 's'),
      ]
        .filter(Boolean)
        .join(' · ')}
    </text>
  )
}

/** A curve between each two columns, and a straight line through each column. A call backwards goes from right side to right side. */
function pathOf(points: readonly Point[], isForward: boolean): string {
  return points
    .map(({ x, y }, at) => {
      const before = points[at - 1]
      if (before === undefined) return `M${x + NODE.width} ${y}`
      const start = before.x + NODE.width
      if (!isForward)
        return `C${start + 60} ${before.y} ${x + NODE.width + 60} ${y} ${x + NODE.width + 8} ${y}`
      const isLast = at === points.length - 1
      const end = isLast ? x - 8 : x
      const bend = (end - start) / 2
      return `C${start + bend} ${before.y} ${end - bend} ${y} ${end} ${y}${isLast ? '' : `H${x + NODE.width}`}`
    })
    .join('')
}
