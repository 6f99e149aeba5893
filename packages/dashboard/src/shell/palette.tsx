import { useComputed, useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'

import { useLoaded } from '../api/answer.ts'
import type { Found } from '../api/shapes.ts'
import { Dialog } from '../parts/dialog.tsx'
import { StateMark } from '../parts/mark.tsx'
import { useApp } from '../state/app.ts'
import { copy, linkOf } from '../state/clipboard.ts'
import { actionsFor, type Choice, choicesOf, pagesFor, servicesFor } from './find.ts'
import { useMonitor } from './monitor.ts'

const GROUPS: ReadonlyArray<Choice['group']> = [
  'Pasted id',
  'Services',
  'Routes',
  'Errors',
  'Events',
  'Pages',
  'Do',
]
const HEX_ID = /^[\da-f]{16}(?:[\da-f]{16})?$/i

/** Finds services, routes, errors, pages, and what a pasted id belongs to. */
export function Palette({ onClose }: { onClose: () => void }) {
  const app = useApp()
  const { address, theme, time } = app
  const { services, environments, environment } = useMonitor()
  const id = useId()
  const text = useSignal('')
  const active = useSignal(0)
  /** A pasted id that is opened as soon as it is known. */
  const pasted = useRef('')

  const { answer } = useLoaded<readonly Found[]>((api, aborted) => {
    const asked = text.value.trim()
    if (asked.length < 2) return undefined
    return api
      .get<{ results: readonly Found[] }>('/api/find', { text: asked.slice(0, 500) }, aborted)
      .then(({ results }) => {
        const [first] = choicesOf(results)
        if (pasted.current === asked && first?.isExact === true) open(first)
        return results
      })
  })

  // On a phone, this is the only way to some of them.
  const actions: ReadonlyArray<readonly [string, () => void]> = [
    ...[undefined, ...(environments.value.length > 1 ? environments.value : [])]
      .filter((name) => name !== environment.value)
      .map((name): [string, () => void] => [
        name === undefined ? 'Show all environments' : `Show the environment ${name}`,
        () => address.adjust({ env: name ?? null }),
      ]),
    ['Show earlier', () => time.shift(-0.5)],
    ['Show later', () => time.shift(0.5)],
    ['Switch to the light theme', () => theme.choose('light')],
    ['Switch to the dark theme', () => theme.choose('dark')],
    ['Copy a link to this view', () => void copy(app, linkOf(app), 'Link')],
  ]

  const choices = useComputed(() => {
    const asked = text.value.trim()
    const found = asked.length < 2 ? [] : (answer.value.value ?? [])
    const all = [
      ...servicesFor(services.value.value ?? [], asked),
      ...choicesOf(found),
      ...pagesFor(asked),
      ...actionsFor(actions, asked),
    ]
    return GROUPS.flatMap((group) => all.filter((choice) => choice.group === group))
  })
  const all = choices.value
  const at = Math.min(active.value, all.length - 1)

  function open({ to }: Choice, isApart = false): void {
    if (typeof to === 'object' && isApart)
      return void globalThis.open(address.to(to.path, to.params), '_blank', 'noopener')
    onClose()
    if (typeof to === 'object') address.go(address.to(to.path, to.params))
    else to()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const choice = all[at]
    if (step !== undefined) {
      event.preventDefault()
      if (all.length > 0) active.value = (at + step + all.length) % all.length
    } else if (event.key === 'Enter' && choice !== undefined) open(choice, event.metaKey || event.ctrlKey)
  }

  const isSearching = text.value.trim().length >= 2
  return (
    <Dialog class="palette" label="Find anything" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        autofocus
        autocomplete="off"
        spellcheck={false}
        maxLength={500}
        aria-label="Service, route, error, or a trace or request id"
        placeholder="Service, route, error, or a pasted id"
        aria-expanded={all.length > 0}
        aria-controls={id}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        value={text.value}
        onPaste={(event) => {
          const copied = event.clipboardData?.getData('text').trim() ?? ''
          pasted.current = HEX_ID.test(copied) || /^[\w-]{20,}$/.test(copied) ? copied : ''
        }}
        onInput={(event) => {
          text.value = event.currentTarget.value
          active.value = 0
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label="Found">
        {GROUPS.filter((group) => all.some((choice) => choice.group === group)).map((group) => (
          <div key={group} role="group" aria-label={group}>
            <div class="suggest-head" aria-hidden="true">
              {group}
            </div>
            {all.map(
              (choice, index) =>
                choice.group === group && (
                  <div
                    key={`${choice.text} ${index}`}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    onClick={(event) => open(choice, event.metaKey || event.ctrlKey)}
                  >
                    <StateMark state={choice.state} />
                    <span class="clip" title={choice.text}>
                      <bdi>{choice.text}</bdi>
                    </span>
                    <span class="muted clip">
                      <bdi>{choice.about}</bdi>
                    </span>
                  </div>
                ),
            )}
          </div>
        ))}
      </div>
      {isSearching && answer.value.error !== undefined && <p class="said warn">{answer.value.error}</p>}
      {isSearching && all.length === 0 && answer.value.value !== undefined && (
        <p class="said">Nothing is known by that name in the last day.</p>
      )}
      <div class="suggest-foot" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Ctrl</kbd> <kbd>Enter</kbd> in a new tab.
        A pasted trace or request id opens at once.
      </div>
    </Dialog>
  )
}
