import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

import { grouped } from '../format/numbers.ts'
import { useApp } from '../state/app.ts'
import { keptOrder, sorted } from './order.ts'
import { Wide } from './wide.tsx'
import { useWindow } from './window.ts'

/** A column of a table. */
export interface Column<Row> {
  readonly key: string
  readonly head: ComponentChildren
  /** `num` for figures; `lo`, `ph`: gone on narrow screens, on phones. */
  readonly class?: string
  /** Cells below this head. Default: 1. */
  readonly span?: number
  /** What the column is sorted by. Without it, it cannot be sorted. */
  readonly sort?: (row: Row) => number | string | null | undefined
  /** Whether the first press of the head sorts ascending. Figures begin with the largest. */
  readonly isAscending?: boolean
}

/** Rows above which a table is long, and renders only those in view. */
const MOST = 200

/**
 * A table of things that open. Heads sort it, `j` and `k` go through its rows, Enter or a click opens one. Rows do not change their order
 * under the pointer or the focus. A long table renders the rows in view, and has a field that finds rows.
 */
export function Table<Row>({
  label,
  class: name = '',
  rows,
  columns,
  keyOf,
  hrefOf,
  onOpen,
  selected,
  sort: initial,
  sortParam = 'sort',
  rowHeight = 28,
  most = MOST,
  textOf,
  after,
  children,
}: {
  /** What the table lists, for screen readers. */
  label: string
  class?: string
  /** In their order by default. */
  rows: readonly Row[]
  columns: ReadonlyArray<Column<Row>>
  keyOf: (row: Row) => string
  /** Where a row goes to when it is pressed. */
  hrefOf?: (row: Row) => string
  /** What a press on a row does, in place of `hrefOf`. */
  onOpen?: (row: Row) => void
  /** The key of the row that is open. */
  selected?: string | null | undefined
  /** The column, `-` first for descending, that the order by default is said to be of. */
  sort?: string
  /** The parameter of the address that has the column. Two tables of a page need two. */
  sortParam?: string
  /** Pixels of a row of a long table. */
  rowHeight?: number
  /** Rows above which it is long. Fewer for rows that are costly to draw. */
  most?: number
  /** What the field of a long table finds a row by. */
  textOf?: (row: Row) => string
  /** Further rows, which are not sorted. */
  after?: ComponentChildren
  /** The cells of a row: a `th` with `scope="row"` and `td`s. */
  children: (row: Row) => ComponentChildren
}) {
  const { address } = useApp()
  const isRead = useSignal(false)
  const find = useSignal('')
  const before = useRef<{ by: string | undefined; keys: readonly string[] }>({ by: undefined, keys: [] })
  const body = useRef<HTMLTableSectionElement>(null)

  const by = address.params.value.get(sortParam) ?? initial
  const isDescending = by?.startsWith('-') === true
  const column = columns.find(({ key }) => key === by?.replace(/^-/, ''))
  const text = find.value.toLowerCase()
  const isLong = rows.length > most
  const found =
    isLong && text !== '' && textOf ? rows.filter((row) => textOf(row).toLowerCase().includes(text)) : rows
  const wanted = column?.sort === undefined ? found : sorted(found, column.sort, isDescending)
  const isKept = isRead.value && before.current.by === by
  const shown = isKept ? keptOrder(wanted, keyOf, before.current.keys) : wanted
  const hasChanged = isKept && shown.some((row, index) => row !== wanted[index])
  before.current = { by, keys: shown.map(keyOf) }
  const { first, last } = useWindow(body, isLong ? shown.length : 0, rowHeight)
  const part = isLong ? shown.slice(first, last) : shown
  const width = columns.reduce((sum, { span = 1 }) => sum + span, 0)

  function open(row: Row, event: Event): void {
    if ((event.target as Element).closest('a, button, input, select, summary') !== null) return
    if (onOpen !== undefined) onOpen(row)
    else if (hrefOf !== undefined) address.go(hrefOf(row))
  }

  const isOpening = onOpen !== undefined || hrefOf !== undefined
  return (
    <div class="tablebox">
      {isLong && textOf && (
        <label class="field">
          <span class="sr">Find in {label}</span>
          <input
            type="search"
            placeholder={`Find in ${grouped(rows.length)} rows`}
            value={find.value}
            onInput={(event) => (find.value = event.currentTarget.value)}
          />
        </label>
      )}
      <output class="small order">{hasChanged && 'order changed'}</output>
      <Wide>
        <table class={`tbl ${name}`} aria-label={label} aria-rowcount={isLong ? shown.length + 1 : undefined}>
          <thead>
            <tr>
              {columns.map((each) => (
                <Head
                  key={each.key}
                  column={each}
                  order={each === column ? (isDescending ? 'descending' : 'ascending') : undefined}
                  onSort={(next) => address.adjust({ [sortParam]: next === initial ? null : next })}
                />
              ))}
            </tr>
          </thead>
          <tbody
            ref={body}
            onPointerEnter={() => (isRead.value = true)}
            onPointerLeave={() => (isRead.value = body.current?.contains(document.activeElement) === true)}
            onFocusIn={() => (isRead.value = true)}
            onFocusOut={() => (isRead.value = body.current?.matches(':hover') === true)}
          >
            {first > 0 && <Space rows={first} rowHeight={rowHeight} width={width} />}
            {part.map((row, index) => (
              <tr
                key={keyOf(row)}
                data-row
                tabIndex={isOpening ? -1 : undefined}
                class={isOpening ? 'opens' : ''}
                aria-rowindex={isLong ? first + index + 2 : undefined}
                aria-selected={selected === keyOf(row) ? 'true' : undefined}
                onClick={(event) => open(row, event)}
                onKeyDown={(event) => event.key === 'Enter' && open(row, event)}
              >
                {children(row)}
              </tr>
            ))}
            {isLong && last < shown.length && (
              <Space rows={shown.length - last} rowHeight={rowHeight} width={width} />
            )}
            {after}
          </tbody>
        </table>
      </Wide>
    </div>
  )
}

/** The rows of a long table that are not rendered. */
function Space({ rows, rowHeight, width }: { rows: number; rowHeight: number; width: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={width} style={{ height: `${rows * rowHeight}px`, padding: '0' }} />
    </tr>
  )
}

function Head<Row>({
  column: { key, head, class: name, span, sort, isAscending = false },
  order,
  onSort,
}: {
  column: Column<Row>
  order: 'ascending' | 'descending' | undefined
  onSort: (sort: string) => void
}) {
  const next = order === undefined ? (isAscending ? key : `-${key}`) : order === 'ascending' ? `-${key}` : key
  return (
    <th scope="col" class={name} colSpan={span} aria-sort={order}>
      {sort === undefined ? (
        head
      ) : (
        <button type="button" onClick={() => onSort(next)}>
          {head}
        </button>
      )}
    </th>
  )
}
