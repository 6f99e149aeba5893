import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

import { msOf } from '../../format/times.ts'
import type { LogList } from '../../logs/list.ts'
import { partOf, rowAt, topOf, yOf } from '../../logs/window.ts'
import { useKeys } from '../../parts/keys.ts'
import { rem } from '../../parts/rem.ts'
import { useApp } from '../../state/app.ts'
import { Announced, Paused } from './arrivals.tsx'
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
  const { rows, shift, hasOlder, hasNewer, waiting } = list.lines.value
  const box = useRef<HTMLDivElement>(null)
  /** Where the list is scrolled to. Its signal changes where other rows have to be drawn. */
  const scroll = useRef({ y: 0, height: 800 }).current
  const moved = useSignal(0)
  const opened = useSignal(0)
  const active = useSignal<string | undefined>(undefined)
  const toFocus = useRef(false)
  const toOpen = useRef<string | null | undefined>(address.params.peek().get('open'))
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
    : partOf(heights, topNow(), scroll.height)
  const drawn = useRef(part)
  drawn.current = part

  /** Where the list is scrolled to once it is drawn: to its end while it follows new lines. */
  function topNow(): number {
    void moved.value
    const { y, height } = scroll
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
    } else if (goTo !== undefined && goTo !== before.goTo && rows.length > 0) {
      // Older lines come until the moment is there.
      last.current = { ...before, shift, isFollowing: false }
      void list.older()
    } else {
      if (before.isFollowing && !hasNewer) current.scrollTop = current.scrollHeight
      else if (before.shift !== shift) current.scrollTop += (before.shift - shift) * row
      last.current = { ...before, shift, goTo: goTo === undefined ? undefined : before.goTo }
    }
    measure()
    loadNear()
  }, [rows, goTo])

  const latest = useRef(measure)
  latest.current = measure
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current())
    if (box.current !== null) observer.observe(box.current)
    return () => observer.disconnect()
  }, [])

  // The line that a key went to has the focus once it is drawn.
  useLayoutEffect(() => {
    const line = toFocus.current ? box.current?.querySelector<HTMLElement>('.log.active') : undefined
    if (line === undefined || line === null) return
    toFocus.current = false
    line.focus({ preventScroll: true })
  })

  // The line that the address opens comes into sight. One that is opened by hand stays where it is.
  useLayoutEffect(() => {
    const { current } = box
    if (current === null || openIndex < 0 || toOpen.current !== open) return
    toOpen.current = undefined
    current.scrollTop = topOf(heights, openIndex) - 4 * row
    measure()
  })

  const isHeld = time.held.value
  useEffect(() => {
    list.hold(isHeld)
    if (isHeld) return
    active.value = undefined
    last.current.isFollowing = true
    box.current?.scrollTo(0, box.current.scrollHeight)
  }, [list, isHeld])

  useKeys({
    j: (event) => move(event, 1),
    k: (event) => move(event, -1),
    o: openTrace,
    Enter: ({ target }) => {
      const isControl = target instanceof Element && target.closest('button, a, summary') !== null
      return isControl || active.value === undefined ? false : toggle(active.value)
    },
    l: () => (time.held.peek() ? time.hold(false) : false),
  })

  function measure(): void {
    const { current } = box
    if (current === null) return
    const height = current.querySelector('.opened')?.getBoundingClientRect().height
    opened.value = height === undefined ? 0 : height + 5
    Object.assign(scroll, { y: current.scrollTop, height: current.clientHeight })
    const next = partOf(heights, scroll.y, scroll.height)
    const { first, end } = drawn.current
    if (next.first !== first || next.end !== end) moved.value++
  }

  function onScroll(): void {
    const { current } = box
    if (current === null || isPhone) return
    measure()
    const isAtEnd = current.scrollTop + current.clientHeight >= current.scrollHeight - row && !hasNewer
    // A line that keys or a click went to is being read, also at the end.
    last.current.isFollowing = isAtEnd && active.peek() === undefined
    if (time.live.peek()) time.hold(!last.current.isFollowing)
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
    current.scrollTop = yOf(heights, index, current.scrollTop, current.clientHeight)
    onScroll()
  }

  function move(event: KeyboardEvent, by: number): void {
    const from = rows.findIndex(({ log }) => log.cursor === active.value)
    const index = from < 0 ? rowAt(heights, scroll.y + scroll.height / 2) : from + by
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (next === undefined) return
    event.preventDefault()
    active.value = next.log.cursor
    show(index)
    stay()
    toFocus.current = true
  }

  function openTrace(): false | void {
    const { traceId = '', spanId = '' } =
      rows.find(({ log }) => log.cursor === (active.value ?? open))?.log ?? {}
    if (traceId === '') return false
    address.go(address.to(`/traces/${traceId}`, { span: spanId || null }))
  }

  /** A line that is read must not go away with those that arrive. */
  function stay(): void {
    last.current.isFollowing = false
    if (time.live.peek()) time.hold(true)
  }

  function toggle(cursor: string): void {
    active.value = cursor
    address.adjust({ open: open === cursor ? null : cursor })
    stay()
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
      {(isHeld || (waiting > 0 && hasNewer)) && <Paused waiting={waiting} />}
      <Announced list={list} />
    </>
  )
}
