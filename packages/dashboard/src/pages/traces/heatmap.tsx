import { useRef } from 'preact/hooks'

import { useBox } from '../../charts/box.ts'
import { grouped } from '../../format/numbers.ts'
import { useKeys } from '../../parts/keys.ts'
import { useApp } from '../../state/app.ts'
import { type Heat, selectedOf } from '../../traces/heat.ts'
import { type Selection, selectionText } from '../../traces/selection.ts'
import { LEVELS } from '../../traces/shapes.ts'
import { Cells } from './cells.tsx'

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
