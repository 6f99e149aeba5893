import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

import { grouped } from '../../format/numbers.ts'
import { msOf } from '../../format/times.ts'
import type { LogList } from '../../logs/list.ts'
import { partOf, rowAt, topOf } from '../../logs/window.ts'
import { useKeys } from '../../parts/keys.ts'
import { rem } from '../../parts/rem.ts'
import { useApp } from '../../state/app.ts'
import { Line, type LineStyle } from './line.tsx'
import { Opened } from './opened.tsx'

/** Lines of a phone, whose page scrolls as a whole. */
const FEW = 100
/** Pixels below the last line. */
const BOTTOM = 64
/** Rows before the ends of the list at which the next page is loaded. */
const NEAR = 40

/**
 * The lines, of which those in sight are drawn. Follows new lines while its end is in sight, and holds them back otherwise.
 * `j` and `k` go to the next and the one before, Enter opens in place, `o` opens the trace.
 */
export function LineList({
  list,
  style,
  goTo,
}: {
  list: LogList
  style: LineStyle
  goTo: number | undefined
}) {
  const { address, time } = useApp()
  const { rows, shift, hasOlder, hasNewer, waiting, isReady } = list.lines.value
  const box = useRef<HTMLDivElement>(null)
  const scroll = useSignal({ y: 0, height: 800 })
  const opened = useSignal(0)
  const active = useSignal<string | undefined>(undefined)
  /** What the effect of the render before saw. */
  const last = useRef({ shift, isFollowing: true, goTo: undefined as number | undefined })
  const open = address.params.value.get('open')
  const isPhone = globalThis.matchMedia('(max-width: 640px)').matches
  const row = 1.375 * rem()

  const openIndex = open === null ? -1 : rows.findIndex(({ log }) => log.cursor === open)
  const heights = {
    count: rows.length,
    row,
    opened: openIndex < 0 ? undefined : { index: openIndex, more: opened.value },
  }
  const part = isPhone
    ? { first: Math.max(0, rows.length - FEW), end: rows.length, before: 0, after: 0 }
    : partOf(heights, topNow(), scroll.value.height)
  const drawn = useRef(part)
  drawn.current = part

  /** Where the list is scrolled to once it is drawn: to its end while it follows new lines. */
  function topNow(): number {
    const { y, height } = scroll.value
    const isFollowing = last.current.isFollowing && !hasNewer
    return isFollowing ? Math.max(0, topOf(heights, rows.length) + BOTTOM - height) : y
  }

  // The rows stay where they are in sight, whatever is put before them.
  useLayoutEffect(() => {
    const { current } = box
    if (current === null || isPhone) return
    const before = last.current
    const isLoaded = !hasOlder || msOf(rows[0]?.log.time ?? '0') <= (goTo ?? 0)
    if (goTo !== undefined && goTo !== before.goTo && isLoaded) {
      const index = rows.findIndex(({ log }) => msOf(log.time) >= goTo)
      if (index >= 0) current.scrollTop = Math.max(0, topOf(heights, index) - 4 * row)
      last.current = { shift, isFollowing: false, goTo }
    } else {
      if (before.isFollowing && !hasNewer) current.scrollTop = current.scrollHeight
      else if (before.shift !== shift) current.scrollTop += (before.shift - shift) * row
      last.current = { ...before, shift, goTo: goTo === undefined ? undefined : before.goTo }
    }
    measure()
    loadNear()
  }, [rows, goTo])

  useEffect(() => {
    const { current } = box
    if (current === null) return undefined
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [])

  // Lines in sight that the sender of the address had opened.
  const isOpenThere = openIndex >= 0
  useLayoutEffect(() => {
    if (isOpenThere && isReady) show(openIndex)
  }, [isOpenThere && isReady])

  const isHeld = time.held.value
  useEffect(() => {
    if (!isHeld) last.current.isFollowing = true
    list.hold(isHeld)
    const { current } = box
    if (!isHeld && current !== null) current.scrollTop = current.scrollHeight
  }, [list, isHeld])

  useKeys({
    j: (event) => move(event, 1),
    k: (event) => move(event, -1),
    o: openTrace,
    Enter: ({ target }) =>
      active.value === undefined ||
      (target instanceof Element && target.closest('button, a, summary') !== null)
        ? false
        : toggle(active.value),
    l: () => (time.held.peek() ? time.hold(false) : false),
  })

  function measure(): void {
    const { current } = box
    if (current === null) return
    const height = current.querySelector('.opened')?.getBoundingClientRect().height
    opened.value = height === undefined ? 0 : height + 5
    const next = partOf(heights, current.scrollTop, current.clientHeight)
    const { first, end } = drawn.current
    if (next.first !== first || next.end !== end || scroll.peek().height !== current.clientHeight)
      scroll.value = { y: current.scrollTop, height: current.clientHeight }
  }

  function onScroll(): void {
    const { current } = box
    if (current === null || isPhone) return
    measure()
    const isAtEnd = current.scrollTop + current.clientHeight >= current.scrollHeight - row && !hasNewer
    last.current.isFollowing = isAtEnd
    if (time.live.peek()) time.hold(!isAtEnd)
    loadNear()
  }

  /** Loads the next page where its end of the list is near. */
  function loadNear(): void {
    const { current } = box
    if (current === null || isPhone || last.current.isFollowing) return
    if (hasOlder && rowAt(heights, current.scrollTop) < NEAR) void list.older()
    if (hasNewer && rowAt(heights, current.scrollTop + current.clientHeight) > rows.length - NEAR)
      void list.newer()
  }

  function show(index: number): void {
    const { current } = box
    if (current === null) return
    const top = topOf(heights, index)
    if (top < current.scrollTop) current.scrollTop = top
    else if (top + row * 2 > current.scrollTop + current.clientHeight)
      current.scrollTop = top + row * 3 - current.clientHeight
    onScroll()
  }

  function move(event: KeyboardEvent, by: number): void {
    const from = rows.findIndex(({ log }) => log.cursor === active.value)
    const index = from < 0 ? rowAt(heights, scroll.value.y + scroll.value.height / 2) : from + by
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (next === undefined) return
    event.preventDefault()
    active.value = next.log.cursor
    show(index)
    // The line is drawn by then.
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>('.log.active')?.focus({ preventScroll: true }),
    )
  }

  function openTrace(): false | void {
    const traceId = rows.find(({ log }) => log.cursor === (active.value ?? open))?.log.traceId ?? ''
    if (traceId === '') return false
    address.go(address.to(`/traces/${traceId}`))
  }

  function toggle(cursor: string): void {
    active.value = cursor
    address.adjust({ open: open === cursor ? null : cursor })
    // A line that is read must not go away with those that arrive.
    last.current.isFollowing = false
    if (time.live.peek()) time.hold(true)
  }

  const drawnRows = rows.slice(part.first, part.end)
  // A phone's page is read from its top.
  const shown = isPhone ? drawnRows.toReversed() : drawnRows
  return (
    <>
      <div ref={box} class="lines" tabIndex={0} role="group" aria-labelledby="h-lines" onScroll={onScroll}>
        <ol
          aria-label={`Log lines, newest ${isPhone ? 'first' : 'last'}`}
          aria-live="off"
          style={{ paddingTop: `${part.before}px`, paddingBottom: `${part.after}px` }}
        >
          {shown.map((each) => (
            <Line
              key={each.log.cursor}
              row={each}
              style={style}
              isActive={active.value === each.log.cursor}
              isOpen={open === each.log.cursor}
              onToggle={() => toggle(each.log.cursor)}
            >
              <Opened row={each} style={style} onResize={measure} />
            </Line>
          ))}
        </ol>
      </div>
      {(isHeld || (waiting > 0 && hasNewer)) && (
        <button class="paused" type="button" onClick={() => time.hold(false)}>
          <b>Paused</b> while you read.{' '}
          {waiting > 0 && `${grouped(waiting)} newer ${waiting === 1 ? 'line' : 'lines'} `}
          <span class="ph">
            <kbd>l</kbd> to follow
          </span>
        </button>
      )}
    </>
  )
}
