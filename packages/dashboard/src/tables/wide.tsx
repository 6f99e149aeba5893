import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** A table that scrolls sideways where it is wider than its column. Then it is a stop of Tab, so that keys can scroll it. */
export function Wide({ children }: { children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const resizing = new ResizeObserver(() => {
      if (current.scrollWidth > current.clientWidth + 1) current.tabIndex = 0
      else current.removeAttribute('tabindex')
    })
    resizing.observe(current)
    if (current.firstElementChild !== null) resizing.observe(current.firstElementChild)
    return () => resizing.disconnect()
  }, [])
  return (
    <div class="wide" ref={element}>
      {children}
    </div>
  )
}
