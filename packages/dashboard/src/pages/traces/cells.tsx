import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'

import { useDeployments } from '../../api/deployments.ts'
import { tickText, timeTicks } from '../../charts/axis.ts'
import { GUTTER } from '../../charts/geometry.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { clockSeconds } from '../../format/times.ts'
import { useApp } from '../../state/app.ts'
import { type Cell, type Heat, logTicks, selectedOf, selectionOf } from '../../traces/heat.ts'
import type { Selection } from '../../traces/selection.ts'
import { shapesOf } from '../../traces/shapes.ts'

/** The cells of the heatmap, by pointer and by keys. */
export function Cells({
  heat,
  size: { width, height },
  selection,
  selected,
  isPoints,
  onSelect,
}: {
  heat: Heat
  size: { readonly width: number; readonly height: number }
  selection: Selection | undefined
  selected: number
  isPoints: boolean
  onSelect: (selection: Selection | undefined) => void
}) {
  const { sightline } = useApp()
  const marks = useDeployments()
  const { left, right, top, bottom } = GUTTER
  const { start, bounds, counts } = heat
  const [columns, rows] = [counts.length, bounds.length - 1]
  const end = start + columns * heat.width
  const [least = 1, most = 1] = [bounds[0], bounds[rows]]
  const inner = { width: width - left - right, height: height - top - bottom }
  const x = (time: number) => left + ((time - start) / (end - start)) * inner.width
  const y = (ms: number) => height - bottom - (Math.log(ms / least) / Math.log(most / least)) * inner.height
  const shapes = useMemo(() => shapesOf(heat, inner, isPoints), [heat, inner.width, inner.height, isPoints])
  const anchor = useRef<Cell | undefined>(undefined)
  const dragged = useSignal<Selection | undefined>(undefined)
  const cursor = useSignal<Cell | undefined>(undefined)
  const shown = dragged.value ?? selection
  const at = sightline.at.value

  const cellAt = (event: PointerEvent): Cell => {
    // Listeners are only called with the element that they are on.
    const box = (event.currentTarget as Element).getBoundingClientRect()
    return {
      column: within(Math.floor(((event.clientX - box.left - left) / inner.width) * columns), columns),
      row: within(rows - 1 - Math.floor(((event.clientY - box.top - top) / inner.height) * rows), rows),
    }
  }
  function press(event: KeyboardEvent): void {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (move === undefined) return
    event.preventDefault()
    const from = cursor.peek() ?? { column: columns - 1, row: Math.floor(rows / 2) }
    const to = {
      column: within(from.column + (move[0] ?? 0), columns),
      row: within(from.row + (move[1] ?? 0), rows),
    }
    cursor.value = to
    if (event.shiftKey) {
      anchor.current ??= from
      onSelect(selectionOf(heat, anchor.current, to))
    } else anchor.current = undefined
  }
  const said = saidOf(heat, cursor.value)
  return (
    <div
      class="cells"
      role="application"
      tabIndex={0}
      aria-label={`Durations of ${grouped(heat.spans)} requests, from ${textOf(least / 1_000, 's')} to ${textOf(most / 1_000, 's')}. Arrows move, Shift and arrows select, e explains. ${said}`}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        anchor.current = cellAt(event)
      }}
      onPointerMove={(event) => {
        const cell = cellAt(event)
        sightline.point(start + (cell.column + 0.5) * heat.width, 'heatmap')
        cursor.value = cell
        if (anchor.current !== undefined && event.buttons === 1)
          dragged.value = selectionOf(heat, anchor.current, cell)
      }}
      onPointerUp={() => {
        if (dragged.peek() !== undefined) onSelect(dragged.peek())
        dragged.value = undefined
        anchor.current = undefined
      }}
      onPointerLeave={() => {
        sightline.point(null)
        cursor.value = undefined
      }}
    >
      <svg aria-hidden="true">
        {logTicks(least, most)
          .filter((ms, index, all) => index === 0 || y(all[index - 1] ?? 0) - y(ms) > 12 || ms >= 1)
          .map((ms) => (
            <g key={ms}>
              <line class="gl" x1={left} x2={width - right} y1={Math.round(y(ms))} y2={Math.round(y(ms))} />
              <text class="ax" x={left - 8} y={y(ms) + 3.5} text-anchor="end">
                {tickText(ms / 1_000, 's')}
              </text>
            </g>
          ))}
        <g transform={`translate(${left} ${top})`}>
          {shapes.levels.map(
            (path, level) => path !== '' && <path key={level} class={`h${level + 1}`} d={path} />,
          )}
          <path class="errx" d={shapes.crosses} />
        </g>
        <line class="bl" x1={left} x2={width - right} y1={height - bottom} y2={height - bottom} />
        {timeTicks(start, end, inner.width).map(([time, text]) => (
          <text key={time} class="ax" x={x(time)} y={height - 3} text-anchor="middle">
            {text}
          </text>
        ))}
        {marks.value
          .filter(({ time }) => time >= start && time <= end)
          .map(({ time, text }) => (
            <g key={text + time}>
              <line class="dep" x1={x(time)} x2={x(time)} y1={top - 4} y2={height - bottom} />
              <path class="dep-m" d={`M${x(time) - 4} ${top - 10}h8l-4 6z`} />
              <text class="dep-t halo" x={x(time) - 8} y={top - 3.5} text-anchor="end">
                {text}
              </text>
            </g>
          ))}
        {shown !== undefined && !shown.isFailed && (
          <rect
            class="brush"
            x={x(Math.max(start, shown.from))}
            width={Math.max(2, x(Math.min(end, shown.to)) - x(Math.max(start, shown.from)))}
            y={y(Math.min(most, shown.most))}
            height={Math.max(2, y(Math.max(least, shown.least)) - y(Math.min(most, shown.most)))}
          />
        )}
        {at !== null && at >= start && at <= end && (
          <line class="sight" x1={x(at)} x2={x(at)} y1={top - 4} y2={height - bottom} />
        )}
      </svg>
      {shown !== undefined && (
        <span class="brush-tag" style={tagPlace(shown, x, y, { width, most, start })}>
          {grouped(dragged.value === undefined ? selected : selectedOf(heat, dragged.value))} selected
          {shown.isFailed
            ? ', all that failed'
            : `, ${textOf(shown.least / 1_000, 's')} – ${textOf(Math.min(most, shown.most) / 1_000, 's')}`}{' '}
          <kbd>Esc</kbd>
        </span>
      )}
      <output class="sr">{said}</output>
    </div>
  )
}

function tagPlace(
  { from, least, isFailed }: Selection,
  x: (time: number) => number,
  y: (ms: number) => number,
  { width, start }: { readonly width: number; readonly most: number; readonly start: number },
) {
  if (isFailed) return { right: '2px', top: '6px' }
  const left = Math.max(44, x(Math.max(start, from)))
  return left + 260 < width
    ? { left: `${left + 6}px`, top: `${y(least) + 6}px` }
    : { right: '2px', top: `${y(least) + 6}px` }
}

function saidOf({ start, width, bounds, counts, failed }: Heat, cell: Cell | undefined): string {
  if (cell === undefined) return ''
  const count = counts[cell.column]?.[cell.row] ?? 0
  const bad = failed[cell.column]?.[cell.row] ?? 0
  const [from = 0, to = 0] = [bounds[cell.row], bounds[cell.row + 1]]
  return `${clockSeconds(start + cell.column * width)}, ${textOf(from / 1_000, 's')} to ${textOf(to / 1_000, 's')}: ${count} requests${bad > 0 ? `, ${bad} failed` : ''}`
}

const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value))
