import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'

import { useLoaded } from '../../api/answer.ts'
import { completed, contextAt, type Suggestion, suggestionsOf } from './complete.ts'

/** A field for an expression of PromQL, with completion of metrics, functions, labels and their values. */
export function QueryBox({
  q,
  label,
  metrics,
  error,
  onRun,
  onRemove,
}: {
  /** The expression that is shown. */
  q: string
  /** Its letter, if there are several. */
  label: string
  /** All metrics, with what they are. */
  metrics: ReadonlyArray<readonly [name: string, about: string]>
  error: string | undefined
  onRun: (q: string) => void
  onRemove: (() => void) | undefined
}) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const text = useSignal(q)
  const shown = useSignal(q)
  if (shown.peek() !== q) {
    shown.value = q
    text.value = q
  }
  const cursor = useSignal(0)
  const isOpen = useSignal(false)
  const active = useSignal(-1)
  const context = useComputed(() => contextAt(text.value, cursor.value))
  /** What the hub is asked for: it does not change with each letter. */
  const asked = useComputed(() => {
    const { kind, metric, label: name } = context.value
    return isOpen.value && (kind === 'label' || kind === 'value')
      ? JSON.stringify([
          kind === 'label' ? 'labels' : `label/${encodeURIComponent(name ?? '')}/values`,
          metric,
        ])
      : undefined
  })
  const { answer } = useLoaded(async (api, aborted) => {
    if (asked.value === undefined) return undefined
    const [path, metric] = JSON.parse(asked.value) as [string, string | undefined]
    const params = { 'match[]': metric, limit: 1_000 }
    const { data } = await api.get<{ data: readonly string[] }>(`/api/v1/${path}`, params, aborted)
    return data.filter((each) => each !== '__name__').map((each) => [each, ''] as const)
  })
  const { kind } = context.value
  const found = kind === 'name' ? metrics : (answer.value.value ?? [])
  const options = isOpen.value ? suggestionsOf(context.value, found) : []
  const at = Math.min(active.value, options.length - 1)

  useSignalEffect(() => {
    void text.value
    const { current } = field
    if (current === null) return
    // As high as its text.
    current.style.height = 'auto'
    current.style.height = `${current.scrollHeight + 2}px`
  })

  function type(next: string, place: number): void {
    text.value = next
    cursor.value = place
    active.value = -1
    isOpen.value = true
  }
  function choose(suggestion: Suggestion): void {
    const [next, place] = completed(text.value, cursor.value, context.value, suggestion)
    const { current } = field
    if (current !== null) {
      // At once, not with the next rendering: the next key may be pressed before it.
      current.value = next
      current.focus()
      current.setSelectionRange(place, place)
    }
    type(next, place)
  }
  function run(): void {
    isOpen.value = false
    if (text.value.trim() !== q) onRun(text.value.trim())
  }
  function onKeyDown(event: KeyboardEvent): void {
    const option = options[Math.max(0, at)]
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && options.length > 0) {
      const step = event.key === 'ArrowDown' ? 1 : -1
      active.value = (Math.max(at, step === 1 ? -1 : 0) + step + options.length) % options.length
    } else if (event.key === 'Tab' && !event.shiftKey && option !== undefined) choose(option)
    else if (event.key === 'Enter' && !event.shiftKey) {
      if (at >= 0 && option !== undefined) choose(option)
      else run()
    } else if (event.key === ' ' && event.ctrlKey) isOpen.value = true
    else if (event.key === 'Escape' && isOpen.value) {
      event.stopPropagation()
      isOpen.value = false
      return
    } else return
    event.preventDefault()
  }

  return (
    <div class="searchbox query">
      {label !== '' && <b>{label}</b>}
      <textarea
        ref={field}
        class="mono"
        rows={1}
        aria-label={`Expression ${label}`}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        aria-invalid={error !== undefined}
        placeholder="An expression, such as sum by (job) (rate(http_server_request_duration_seconds_count[5m]))"
        autocomplete="off"
        spellcheck={false}
        maxLength={8_192}
        value={text.value}
        onInput={({ currentTarget: { value, selectionStart } }) => type(value, selectionStart)}
        onSelect={({ currentTarget: { selectionStart } }) => (cursor.value = selectionStart)}
        onKeyDown={onKeyDown}
        onBlur={run}
      />
      <output class="sr">{options.length > 0 && `${options.length} suggestions`}</output>
      <kbd>/</kbd>
      {onRemove !== undefined && (
        <button type="button" class="btn bare" aria-label={`Remove expression ${label}`} onClick={onRemove}>
          ×
        </button>
      )}
      <div class="suggest" id={id} role="listbox" aria-label="Suggestions" hidden={options.length === 0}>
        {options.map((option, index) => (
          <div
            key={option.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            title={option.text}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            <code class="clip">
              <bdi>{option.text}</bdi>
            </code>
            <span class="muted clip">{option.about}</span>
          </div>
        ))}
        <div class="suggest-foot" aria-hidden="true">
          <kbd>↑</kbd>
          <kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Enter</kbd> run <kbd>⇧ Enter</kbd> new line
        </div>
      </div>
    </div>
  )
}
