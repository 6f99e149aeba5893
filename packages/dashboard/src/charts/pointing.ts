import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import type { Span } from '../state/time.ts'
import { endOf, type Geometry, timeAt } from './geometry.ts'

/** What a chart makes of pointers and keys. */
export interface PointingOptions {
  /** The chart's name for the sightline. */
  readonly id: string
  /** Where the plot is. `undefined` while it has no size. */
  readonly place: () => Pick<Geometry, 'width' | 'left' | 'right' | 'grid'> | undefined
  /** Is asked for what is below a click, before the click pins the sightline. */
  readonly onPick?: (x: number, y: number) => boolean
  /** Whether there is something below the pointer that a click opens. */
  readonly isPickable?: (x: number, y: number) => boolean
  /** Enter at the moment of the sightline. */
  readonly onEnter?: (time: number) => void
  /** Part of the time was selected by dragging, or with Shift and arrows and then Enter. */
  readonly onSelect?: (from: number, to: number) => void
}

/** Listeners for the element of a plot, and what is being selected in it. */
export interface Pointing {
  readonly listeners: Readonly<Record<string, (event: never) => void>>
  readonly brush: ReadonlySignal<Span | null>
  /** Whether keys moved the sightline last: then its values are announced. */
  readonly isByKeys: ReadonlySignal<boolean>
}

/** Pixels that a pressed pointer moves before it selects. */
const DRAG = 5
/** Moments that Page Up and Page Down skip: 5 minutes of an hour. */
const PAGE = 15
const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -PAGE,
  PageDown: PAGE,
  Home: -Infinity,
  End: Infinity,
}

/**
 * Moves the sightline by pointer, touch and keys over a plot. A pointer points, a click or Space pins, Escape releases. A finger that moves
 * sideways points, and pins where it is lifted. A mouse that is dragged selects.
 */
export function usePointing(options: PointingOptions): Pointing {
  const { sightline, frame } = useApp()
  const current = useRef(options)
  current.current = options
  const brush = useSignal<Span | null>(null)
  const isByKeys = useSignal(false)
  const state = useRef({
    x: 0,
    y: 0,
    plot: null as HTMLElement | null,
    pressedAt: Number.NaN,
    anchor: 0,
    isDragged: false,
  }).current

  const listeners = useRef<Pointing['listeners'] | undefined>(undefined)
  const point = useRef(() => {
    const place = current.current.place()
    const time = place === undefined ? null : timeAt(place, state.x)
    sightline.point(time, current.current.id)
    state.plot?.style.setProperty('cursor', current.current.isPickable?.(state.x, state.y) ? 'pointer' : '')
    if (time === null || place === undefined || !state.isDragged || current.current.onSelect === undefined)
      return
    const from = timeAt(place, state.pressedAt) ?? time
    brush.value = { from: Math.min(from, time), to: Math.max(from, time) }
  }).current
  useEffect(() => () => frame.drop(point), [frame, point])

  function leave(): void {
    frame.drop(point)
    sightline.point(null)
  }
  function select(): void {
    const selected = brush.peek()
    brush.value = null
    if (selected !== null && selected.to > selected.from)
      current.current.onSelect?.(selected.from, selected.to)
  }
  function locate(event: PointerEvent | MouseEvent): void {
    // Listeners are only called with the element that they are on.
    const plot = event.currentTarget as HTMLElement
    const { left, top } = plot.getBoundingClientRect()
    Object.assign(state, { plot, x: event.clientX - left, y: event.clientY - top })
  }

  listeners.current ??= {
    onPointerMove(event: PointerEvent) {
      locate(event)
      isByKeys.value = false
      if (!Number.isNaN(state.pressedAt) && Math.abs(state.x - state.pressedAt) > DRAG && !state.isDragged) {
        state.isDragged = true
        if (event.pointerType === 'mouse') (event.currentTarget as Element).setPointerCapture(event.pointerId)
      }
      frame.ask(point)
    },
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return
      locate(event)
      state.pressedAt = event.pointerType === 'mouse' ? state.x : Number.NaN
      state.isDragged = false
      if (event.pointerType !== 'mouse') frame.ask(point)
    },
    onPointerUp(event: PointerEvent) {
      const { isDragged } = state
      state.pressedAt = Number.NaN
      if (event.pointerType === 'mouse') return void (isDragged && select())
      // A finger does not hover: what it points at stays.
      frame.drop(point)
      point()
      if (sightline.at.peek() !== null && !sightline.isPinned.peek()) sightline.pin()
    },
    onPointerCancel() {
      state.pressedAt = Number.NaN
      brush.value = null
      leave()
    },
    onPointerLeave: leave,
    onClick(event: MouseEvent) {
      event.stopPropagation()
      event.preventDefault()
      if (state.isDragged) return void (state.isDragged = false)
      locate(event)
      if (current.current.onPick?.(state.x, state.y) === true) return
      if ((event as PointerEvent).pointerType === 'touch') return
      // A quick click comes before the frame that points at its moment.
      frame.drop(point)
      point()
      sightline.pin()
    },
    onKeyDown(event: KeyboardEvent) {
      if (event.altKey || event.ctrlKey || event.metaKey) return
      const place = current.current.place()
      const move = MOVES[event.key]
      if (place === undefined) return
      const at = sightline.at.peek()
      if (move !== undefined) {
        const { start, step } = place.grid
        const to = Math.min(endOf(place.grid), Math.max(start, (at ?? endOf(place.grid)) + move * step))
        if (event.shiftKey && current.current.onSelect !== undefined) {
          if (brush.peek() === null) state.anchor = at ?? endOf(place.grid)
          brush.value = { from: Math.min(state.anchor, to), to: Math.max(state.anchor, to) }
        } else brush.value = null
        isByKeys.value = true
        sightline.point(to, current.current.id)
      } else if (event.key === ' ') sightline.pin()
      else if (event.key === 'Enter' && brush.peek() !== null) select()
      else if (event.key === 'Enter' && at !== null && current.current.onEnter !== undefined)
        current.current.onEnter(at)
      else if (event.key === 'Escape' && brush.peek() !== null) brush.value = null
      else if (event.key === 'Escape' && at !== null) sightline.release()
      else return
      event.preventDefault()
      event.stopPropagation()
    },
    onBlur() {
      isByKeys.value = false
      brush.value = null
      leave()
    },
  }
  return { listeners: listeners.current, brush, isByKeys }
}
