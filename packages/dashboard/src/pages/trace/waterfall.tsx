import type { ReadonlySignal, Signal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'

import { tickText } from '../../charts/axis.ts'
import { useApp } from '../../state/app.ts'
import { useWindow } from '../../tables/window.ts'
import { ticksOf } from '../../trace/axis.ts'
import { colourOf, type Model } from '../../trace/model.ts'
import { type Row, rowsOf } from '../../trace/rows.ts'
import type { Span } from '../../trace/span.ts'
import { SpanRow } from './span-row.tsx'

const ROW = 22

/** The spans of a trace over its time. A tree by keyboard: arrows move and fold, Enter opens a span. */
export function Waterfall({
  model,
  turned,
  find,
  selected,
  onSelect,
}: {
  model: Model
  turned: Signal<ReadonlySet<string>>
  find: ReadonlySignal<string>
  selected: ReadonlySignal<Span | undefined>
  onSelect: (id: string | null) => void
}) {
  const { address } = useApp()
  const least = Number(address.params.value.get('least') ?? 0)
  const isPathShown = address.params.value.get('path') !== '0'
  const { rows, hidden } = useMemo(
    () => rowsOf(model.tree, { turned: turned.value, least }),
    [model, turned.value, least],
  )
  const list = useRef<HTMLDivElement>(null)
  const { first, last } = useWindow(list, rows.length, ROW)
  const ticks = ticksOf(model.trace.duration)
  const current = Math.max(
    0,
    rows.findIndex(({ span }) => span.id === selected.value?.id),
  )

  function turn(key: string): void {
    const next = new Set(turned.peek())
    if (!next.delete(key)) next.add(key)
    turned.value = next
  }

  function move(to: number): void {
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))]
    if (row === undefined) return
    onSelect(row.span.id)
    const { current: element } = list
    if (element === null) return
    const top = element.getBoundingClientRect().top + rows.indexOf(row) * ROW
    if (top < 120 || top > globalThis.innerHeight - 3 * ROW)
      globalThis.scrollBy({ top: top - globalThis.innerHeight / 2 })
    // The row may be rendered only now.
    requestAnimationFrame(() =>
      element
        .querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)
        ?.focus({ preventScroll: true }),
    )
  }

  function press(event: KeyboardEvent): void {
    const row = rows[current]
    const act = row === undefined ? undefined : actionOf(event.key, row, current)
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  function actionOf(key: string, row: Row, at: number): (() => void) | undefined {
    switch (key) {
      case 'ArrowDown':
      case 'j':
        return () => move(at + 1)
      case 'ArrowUp':
      case 'k':
        return () => move(at - 1)
      case 'Home':
        return () => move(0)
      case 'End':
        return () => move(rows.length - 1)
      case 'ArrowRight':
        return row.isOpen === false ? () => turn(row.key) : () => move(at + 1)
      case 'ArrowLeft':
        return row.isOpen === true ? () => turn(row.key) : () => move(parentOf(rows, at))
      case 'Enter':
        return () => onSelect(row.span.id)
      default:
        return undefined
    }
  }

  const words = find.value.trim().toLowerCase()
  return (
    <>
      <div class="wf">
        <div class="wf-axis">
          <ul class="legend">
            {model.services.map((service) => (
              <li key={service} class={colourOf(model, service)}>
                <span class="dot" />
                <bdi class="clip">{service}</bdi>
              </li>
            ))}
          </ul>
          <b>Duration</b>
          <div aria-hidden="true">
            {ticks.map((ms) => (
              <span key={ms} style={{ left: `${(ms / model.trace.duration) * 100}%` }}>
                {tickText(ms / 1_000, 's')}
              </span>
            ))}
          </div>
        </div>
        <div
          role="treegrid"
          aria-label="Spans of this trace"
          aria-rowcount={rows.length}
          ref={list}
          onKeyDown={press}
          style={{ paddingTop: `${first * ROW}px`, paddingBottom: `${(rows.length - last) * ROW}px` }}
        >
          {rows.slice(first, last).map((row, at) => (
            <SpanRow
              key={row.key}
              row={row}
              index={first + at + 1}
              model={model}
              tick={(ticks[1] ?? model.trace.duration) / model.trace.duration}
              isSelected={row.span.id === selected.value?.id}
              isStop={first + at === current}
              isFound={words !== '' && isFound(row, words)}
              isPathShown={isPathShown}
              onSelect={onSelect}
              onTurn={turn}
            />
          ))}
        </div>
      </div>
      <div class="wf-foot">
        <p>
          {hidden > 0 && (
            <>
              <span class="muted">{hidden} short spans are hidden.</span>{' '}
              <button type="button" class="linkish" onClick={() => address.adjust({ least: null })}>
                Show them
              </button>
            </>
          )}
          {model.tree.moved > 0 && (
            <span class="muted">
              {' '}
              {model.tree.moved} spans were moved: the clocks of the machines differ.
            </span>
          )}
          {words !== '' && (
            <span role="status"> {rows.filter((row) => isFound(row, words)).length} rows found.</span>
          )}
        </p>
        <Marks />
      </div>
    </>
  )
}

function Marks() {
  return (
    <ul class="legend marks">
      <li>
        <svg width="16" height="9" aria-hidden="true">
          <rect class="keyfull" width="16" height="9" rx="1" />
        </svg>
        own work
      </li>
      <li>
        <svg width="16" height="9" aria-hidden="true">
          <rect class="keyhollow" x=".75" y=".75" width="14.5" height="7.5" />
        </svg>
        calls
      </li>
      <li>
        <svg width="16" height="9" aria-hidden="true">
          <path class="keyink" d="M0 7.5h16" />
        </svg>
        critical path
      </li>
    </ul>
  )
}

/** The row above of a lower level. */
function parentOf(rows: readonly Row[], at: number): number {
  const depth = rows[at]?.depth ?? 0
  const parent = rows.slice(0, at).findLastIndex((row) => row.depth < depth)
  return parent === -1 ? at : parent
}

function isFound({ span }: Row, words: string): boolean {
  const texts = [
    span.name,
    span.service,
    span.statusMessage,
    span.id,
    ...Object.values(span.attributes).map(String),
  ]
  return texts.some((text) => text.toLowerCase().includes(words))
}
