import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

import { type Window, windowOf } from './order.ts'

/**
 * The rows of a long list that are in view, in whatever scrolls. Renders the component anew when others come into view.
 *
 * @param count Rows of the list; 0: all are rendered
 */
export function useWindow(list: RefObject<Element | null>, count: number, rowHeight: number): Window {
  const rows = useSignal<Window>({ first: 0, last: 64 })
  useLayoutEffect(() => {
    if (count === 0) return
    function look(): void {
      const top = list.current?.getBoundingClientRect().top ?? 0
      const next = windowOf(top, globalThis.innerHeight, rowHeight, count)
      const { first, last } = rows.peek()
      if (next.first !== first || next.last !== last) rows.value = next
    }
    look()
    document.addEventListener('scroll', look, { capture: true, passive: true })
    globalThis.addEventListener('resize', look)
    return () => {
      document.removeEventListener('scroll', look, { capture: true })
      globalThis.removeEventListener('resize', look)
    }
  }, [list, count, rowHeight, rows])
  return count === 0 ? { first: 0, last: 0 } : rows.value
}
