import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A button and what it opens below itself. Esc, a click elsewhere and the focus going elsewhere close it. */
export function Pop({
  button,
  label,
  class: name = 'btn menu',
  role = 'dialog',
  children,
}: {
  /** What stands in the button. */
  button: ComponentChildren
  /** What it opens, for screen readers. */
  label: string
  class?: string
  role?: 'dialog' | 'menu'
  children: (close: () => void) => ComponentChildren
}) {
  const isOpen = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)

  function close(): void {
    isOpen.value = false
    opener.current?.focus()
  }

  useEffect(() => {
    if (!isOpen.value) return
    box.current?.querySelector<HTMLElement>('[data-pop] :is(button, input, select)')?.focus()
    function onPointer(event: Event): void {
      if (!box.current?.contains(event.target as Node)) isOpen.value = false
    }
    document.addEventListener('pointerdown', onPointer)
    return () => document.removeEventListener('pointerdown', onPointer)
  }, [isOpen.value])

  return (
    <div
      class="popbox"
      ref={box}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && !box.current?.contains(relatedTarget)) isOpen.value = false
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen.value) return
        event.stopPropagation()
        close()
      }}
    >
      <button
        ref={opener}
        type="button"
        class={name}
        aria-haspopup={role}
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {button}
      </button>
      {isOpen.value && (
        <div class="pop" role={role} aria-label={label} data-pop>
          {children(close)}
        </div>
      )}
    </div>
  )
}

/** One thing that a menu does. */
export interface Item {
  readonly text: string
  /** Whether it is the present choice, in a menu of choices. */
  readonly isChecked?: boolean
  readonly run: () => void
}

/** A button that opens a list of actions or choices. The arrows go through it. */
export function Menu({
  button,
  label,
  class: name,
  items,
}: {
  button: ComponentChildren
  label: string
  class?: string
  items: readonly Item[]
}) {
  return (
    <Pop button={button} label={label} role="menu" {...(name !== undefined && { class: name })}>
      {(close) => (
        <div
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
            const all = [...event.currentTarget.querySelectorAll('button')]
            const at = all.findIndex((each) => each === document.activeElement)
            if (step === undefined) return
            event.preventDefault()
            all.at((at + step) % all.length)?.focus()
          }}
        >
          {items.map(({ text, isChecked, run }) => (
            <button
              key={text}
              type="button"
              class="item"
              role={isChecked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={isChecked}
              onClick={() => {
                close()
                run()
              }}
            >
              <bdi>{text}</bdi>
            </button>
          ))}
        </div>
      )}
    </Pop>
  )
}
