import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** The size of an element in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The size of an element, from when it comes near the window. What is far from it is not drawn. */
export function useBox(element: RefObject<Element | null>): {
  readonly size: ReadonlySignal<Size | undefined>
  readonly isNear: ReadonlySignal<boolean>
} {
  const size = useSignal<Size | undefined>(undefined)
  const isNear = useSignal(false)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const resizing = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      const last = size.peek()
      if (width > 0 && (last?.width !== width || last.height !== height)) size.value = { width, height }
    })
    const nearing = new IntersectionObserver(
      (entries) => void (isNear.value = entries.at(-1)?.isIntersecting === true),
      {
        rootMargin: '200px',
      },
    )
    resizing.observe(current)
    nearing.observe(current)
    return () => {
      resizing.disconnect()
      nearing.disconnect()
    }
  }, [element, size, isNear])
  return { size, isNear }
}
