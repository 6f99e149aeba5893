import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'

import type { Mark } from '../../charts/types.ts'
import { useKeys } from '../../parts/keys.ts'
import { useApp } from '../../state/app.ts'
import { type Comparison, comparisonOf } from './compare.ts'
import { type Board as Arranged, type Instrument, moved, type SavedBoard } from './instruments.ts'
import { Tile } from './tile.tsx'

type Section = 'pinned' | 'others'

/** The instruments as tiles: the pinned ones first. Dragging or keys change their places. */
export function Board({
  board,
  saved,
  onSave,
  prefix,
  comparison,
  against,
  marks,
}: {
  board: Arranged
  saved: SavedBoard
  onSave: (change: SavedBoard) => void
  prefix: string
  comparison: Comparison
  against: string
  marks: ReadonlySignal<readonly Mark[]>
}) {
  const { address, time } = useApp()
  /** The tile under the pointer or with the focus. */
  const current = useRef<string | undefined>(undefined)
  const dragged = useSignal<string | undefined>(undefined)
  const sectionOf = (name: string): Section =>
    board.pinned.some((each) => each.name === name) ? 'pinned' : 'others'

  function pin(name: string): void {
    onSave(moved(board, name, sectionOf(name) === 'pinned' ? { section: 'others' } : { section: 'pinned' }))
  }
  /** Moves the current tile by one place. */
  function shift(by: 1 | -1): false | void {
    const name = current.current
    if (name === undefined) return false
    const section = sectionOf(name)
    const names = board[section].map((each) => each.name)
    const at = names.indexOf(name) + (by === 1 ? 2 : -1)
    if (at >= 0) onSave(moved(board, name, { section, before: names[at] }))
  }
  useKeys({
    p: () => (current.current === undefined ? false : pin(current.current)),
    '<': () => shift(-1),
    '>': () => shift(1),
  })

  function drop(event: DragEvent, section: Section, before?: string): void {
    const name = dragged.peek()
    dragged.value = undefined
    if (name === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (name !== before) onSave(moved(board, name, { section, before }))
  }

  const tiles = (section: Section, instruments: readonly Instrument[]) => (
    <div
      class="grid board"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => drop(event, section)}
    >
      {instruments.map((instrument) => {
        const { name } = instrument
        return (
          <div
            key={name}
            class="c4"
            draggable
            onDragStart={(event) => {
              // A drag within a plot selects a part of the time.
              if ((event.target as Element).closest('.plot') !== null) return event.preventDefault()
              dragged.value = name
            }}
            onDragEnd={() => (dragged.value = undefined)}
            onDrop={(event) => drop(event, section, name)}
            onPointerEnter={() => (current.current = name)}
            onPointerLeave={() => (current.current = undefined)}
            onFocusIn={() => (current.current = name)}
            onFocusOut={() => (current.current = undefined)}
          >
            <Tile
              instrument={instrument}
              prefix={prefix}
              comparison={comparison}
              marks={marks}
              placing={{
                isPinned: section === 'pinned',
                pin: () => pin(name),
                remove: saved.ratios?.some((ratio) => ratio.name === name)
                  ? () => onSave({ ratios: saved.ratios?.filter((ratio) => ratio.name !== name) ?? [] })
                  : undefined,
              }}
            />
          </div>
        )
      })}
      {instruments.length === 0 && <p class="muted c12">Drag a tile here.</p>}
    </div>
  )

  const { from, to } = time.span.value
  return (
    <>
      <section class="sec" aria-labelledby="h-pinned">
        <div class="head">
          <h2 id="h-pinned">Pinned</h2>
          <span class="aside">
            dotted: the same {against === 'before' ? 'time, one range earlier' : 'hours'}
          </span>
          <div class="seg tiny" role="group" aria-label="Compare with">
            {['before', 'day', 'week'].map((each) => {
              const { text } = comparisonOf(each, to, to - from)
              return (
                <button
                  key={each}
                  type="button"
                  class="btn"
                  aria-pressed={each === against}
                  onClick={() => address.adjust({ vs: each })}
                >
                  {text[0]?.toUpperCase() + text.slice(1)}
                </button>
              )
            })}
          </div>
        </div>
        {tiles('pinned', board.pinned)}
      </section>
      <section class="sec" aria-labelledby="h-board">
        <div class="head">
          <h2 id="h-board">All other instruments</h2>
          <span class="aside">
            drag, or press <kbd>p</kbd> to pin and <kbd>&lt;</kbd> <kbd>&gt;</kbd> to move
          </span>
        </div>
        {tiles('others', board.others)}
      </section>
    </>
  )
}
