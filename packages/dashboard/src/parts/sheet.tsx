import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

import { useKeys } from './keys.ts'

/**
 * The detail of a thing in a list. It is not modal: the list stays usable. Esc closes it, and the focus returns to where it was.
 * `section`, `dl.strip` and `footer` as children get the design's spaces.
 */
export function Sheet({
  title,
  about,
  isMono = false,
  takesFocus = true,
  onClose,
  children,
}: {
  title: string
  /** What stands below the title. */
  about?: ComponentChildren
  /** Whether the title was written by a machine, such as a route. */
  isMono?: boolean
  /** `false` where the keys of the list choose what the sheet shows. */
  takesFocus?: boolean
  onClose: () => void
  children: ComponentChildren
}) {
  const id = useId()
  const aside = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useKeys({ Escape: onClose })
  useEffect(() => {
    const element = aside.current
    const before = document.activeElement
    if (takesFocus) heading.current?.focus({ preventScroll: true })
    return () => {
      const focus = document.activeElement
      const isLost = focus === null || focus === document.body || element?.contains(focus) === true
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside class="sheet" aria-labelledby={id} ref={aside}>
      <header>
        <div class="clip">
          <h2 id={id} ref={heading} tabIndex={-1} class={isMono ? 'clip mono-name' : 'clip'} title={title}>
            <bdi>{title}</bdi>
          </h2>
          {about !== undefined && <p class="muted small clip">{about}</p>}
        </div>
        <button type="button" class="btn bare" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      {children}
    </aside>
  )
}
