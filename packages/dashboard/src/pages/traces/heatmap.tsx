import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'

import { timeTicks } from '../../charts/axis.ts'
import { useBox } from '../../charts/box.ts'
import { GUTTER } from '../../charts/geometry.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { clockSeconds } from '../../format/times.ts'
import { useKeys } from '../../parts/keys.ts'
import { useApp } from '../../state/app.ts'
import { type Cell, type Heat, levelOf, logTicks, selectedOf, selectionOf } from '../../traces/heat.ts'
import { type Selection, selectionText } from '../../traces/selection.ts'

const LEVELS = [1, 2, 3, 4, 5, 6]

/** Durations of requests over time. Dragging, or Shift and arrows, selects a part. */
export function Heatmap({
  heat,
  selection,
  isPoints,
}: {
  heat: Heat | undefined
  selection: Selection | undefined
  isPoints: boolean
}) {
  const { address } = useApp()
  const plot = useRef<HTMLDivElement>(null)
  const { size } = useBox(plot)
  const selected = heat !== undefined && selection !== undefined ? selectedOf(heat, selection) : 0
  const hasFailures = heat?.failed.some((rows) => rows.some((count) => count > 0)) === true
  useKeys({
    Escape: () => {
      if (selection === undefined) return false
      address.adjust({ sel: null })
      return undefined
    },
    e: () => document.getElementById('explain')?.scrollIntoView(),
  })
  return (
    <figure class="chart sec" aria-labelledby="t-heat">
      <figcaption>
        <h2 id="t-heat">Durations</h2>
        <span class="of">
          {heat !== undefined &&
            `${grouped(heat.spans)} requests${heat.complete ? '' : ', the newest: not all were counted in time'}. Drag to select`}
        </span>
        <ul class="legend">
          <li>
            <svg width="62" height="10" aria-hidden="true">
              {LEVELS.map((level) => (
                <rect key={level} class={`h${level}`} x={(level - 1) * 10.4} width="10" height="10" />
              ))}
            </svg>
            {heat !== undefined && `1 to ${grouped(heat.most)} requests`}
          </li>
          {hasFailures && (
            <li>
              <svg width="9" height="9" aria-hidden="true">
                <path class="errx" d="M1 1l7 7m0-7l-7 7" />
              </svg>
              <button type="button" class="linkish" onClick={() => address.adjust({ sel: 'failed' })}>
                failed
              </button>
            </li>
          )}
        </ul>
        <div class="seg tiny" role="group" aria-label="Show as">
          {([null, 'points'] as const).map((as) => (
            <button
              key={as}
              type="button"
              class="btn"
              aria-pressed={isPoints === (as === 'points')}
              onClick={() => address.adjust({ as })}
            >
              {as === null ? 'Heatmap' : 'Points'}
            </button>
          ))}
        </div>
      </figcaption>
      <div class="plot h16" ref={plot}>
        {heat !== undefined && size.value !== undefined && heat.spans > 0 && (
          <Cells
            heat={heat}
            size={size.value}
            selection={selection}
            selected={selected}
            isPoints={isPoints}
            onSelect={(next) => address.adjust({ sel: next === undefined ? null : selectionText(next) })}
          />
        )}
        {heat?.spans === 0 && (
          <p class="muted">No span in this time meets all conditions. Remove one, or choose a longer time.</p>
        )}
      </div>
    </figure>
  )
}

function Cells({
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
                {textOf(ms / 1_000, 's').replace(/\.(\d*?)0+(?=\D)/, (_, digits: string) =>
                  digits === '' ? '' : `.${digits}`,
                )}
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

/** The cells of each level, and the crosses of failures, as paths: thousands of elements would be slow. */
function shapesOf(
  { counts, failed, most }: Heat,
  { width, height }: { readonly width: number; readonly height: number },
  isPoints: boolean,
): { readonly levels: readonly string[]; readonly crosses: string } {
  const levels = LEVELS.map(() => '')
  let crosses = ''
  for (const [column, cells] of counts.entries()) {
    const [w, h] = [width / counts.length, height / cells.length]
    for (const [row, count] of cells.entries()) {
      if (count === 0) continue
      const [left, top] = [column * w, height - (row + 1) * h]
      const level = isPoints ? 4 : levelOf(count, most)
      if (isPoints)
        levels[level - 1] += `M${r(left + w / 2 - 1.5)} ${r(top + h / 2)}a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0`
      else levels[level - 1] += `M${r(left)} ${r(top)}h${r(w - 0.75)}v${r(h - 0.75)}h${r(0.75 - w)}z`
      if ((failed[column]?.[row] ?? 0) > 0)
        crosses += `M${r(left + w / 2 - 2.5)} ${r(top + h / 2 - 2.5)}l5 5m0-5l-5 5`
    }
  }
  return { levels, crosses }
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

const r = (value: number): string => value.toFixed(1)
const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value))
