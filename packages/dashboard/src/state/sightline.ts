import { computed, type ReadonlySignal, signal } from '@preact/signals'

import type { Address } from './address.ts'
import type { Time } from './time.ts'

/**
 * The sightline: one moment that all charts, sparklines and figures of a page show together. A pointer or a key moves it, and it can be
 * pinned, which puts it into the address.
 */
export interface Sightline {
  /** The moment, in milliseconds; `null`: none, and figures show the present. On the grid of the page. */
  readonly at: ReadonlySignal<number | null>
  /** Position of the moment in the grid, or `null`. */
  readonly index: ReadonlySignal<number | null>
  readonly isPinned: ReadonlySignal<boolean>
  /** The chart under the pointer or focus, which shows the time. */
  readonly over: ReadonlySignal<string | null>
  /** Points at a moment in a chart, or at none. Is moved to the nearest moment of the grid. */
  point(time: number | null, chart?: string): void
  /** Pins the moment that is pointed at; releases it if that is the pinned one. */
  pin(): void
  release(): void
}

/** Creates the sightline of the page. The pinned moment is `at=` in the address, in milliseconds. */
export function createSightline(address: Address, time: Time): Sightline {
  const pointed = signal<number | null>(null)
  const over = signal<string | null>(null)
  const pinned = computed(() => {
    const text = address.params.value.get('at')
    const moment = Number(text)
    if (text === null || !Number.isFinite(moment)) return null
    // All that is read at the sightline is read at a moment of the grid.
    const { start, step, count } = time.grid.value
    const position = Math.round((moment - start) / step)
    return position >= 0 && position < count ? start + position * step : moment
  })
  const at = computed(() => pointed.value ?? pinned.value)
  const index = computed(() => {
    if (at.value === null) return null
    const { start, step, count } = time.grid.value
    const position = Math.round((at.value - start) / step)
    return position >= 0 && position < count ? position : null
  })

  return {
    at,
    index,
    isPinned: computed(() => pointed.value === null && pinned.value !== null),
    over,
    point(to, chart) {
      const { start, step, count } = time.grid.peek()
      over.value = to === null ? null : (chart ?? null)
      pointed.value =
        to === null ? null : start + Math.min(count - 1, Math.max(0, Math.round((to - start) / step))) * step
    },
    pin() {
      const to = pointed.peek() ?? pinned.peek()
      if (to !== null) address.adjust({ at: pinned.peek() === to ? null : String(to) })
    },
    release() {
      pointed.value = null
      address.adjust({ at: null })
    },
  }
}
