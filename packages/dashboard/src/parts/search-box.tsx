import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useId, useMemo, useRef } from 'preact/hooks'

import { useLoaded } from '../api/answer.ts'
import { grouped } from '../format/numbers.ts'
import { fieldTerm } from '../search/field-term.ts'
import type { Facet, Field, Values } from '../search/fields.ts'
import { createHistory } from '../search/history.ts'
import { type Suggestion, suggestionsOf, typedOf } from '../search/suggest.ts'
import { searchOf, termsOf, typedSearch, withText } from '../search/terms.ts'
import { useApp } from '../state/app.ts'

/** Fields whose values have no beginnings in the search language. */
const NO_PREFIX = ['level', 'duration', 'message', 'error', 'status', 'kind']

/**
 * The search of a page: its terms as chips, and a field that completes fields and values and offers earlier searches.
 * Up and down choose, Tab completes, Enter searches, Backspace takes the last chip, Esc closes.
 */
export function SearchBox({
  name,
  q,
  onSearch,
  fields,
  values,
  hits,
}: {
  /** What is searched, such as `logs`. */
  name: string
  /** The present search. */
  q: string
  onSearch: (q: string) => void
  fields: readonly Field[]
  values: Values
  /** How much the present search has found, if it is known. */
  hits?: number | undefined
}) {
  const { time } = useApp()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const text = useSignal('')
  const isOpen = useSignal(false)
  /** The suggestion that the arrows went to. -1: none yet. */
  const active = useSignal(-1)
  const history = useMemo(() => createHistory(globalThis.localStorage, name), [name])
  const terms = termsOf(q)

  useEffect(() => {
    if (hits !== undefined) history.add({ q, at: Date.now(), hits })
  }, [history, q, hits === undefined])

  const asked = useComputed(() => {
    const { field, begun, not } = typedOf(text.value)
    const isPart = field !== undefined && begun !== '' && !not && !NO_PREFIX.includes(field)
    return { field, part: isPart ? `${fieldTerm(field, begun)}*` : '' }
  })
  const { answer } = useLoaded<readonly Facet[]>((api, aborted) => {
    const { field, part } = asked.value
    if (!isOpen.value) return undefined
    return values(api, { field, q: withText(q, part), ...time.span.peek() }, aborted)
  })
  const options = isOpen.value
    ? suggestionsOf(text.value, answer.value.value ?? [], fields, history.all(), Date.now()).filter(
        (option) => option.text !== q && terms.every((term) => term.text !== option.text),
      )
    : []
  const at = active.value === -1 ? (text.value === '' ? -1 : 0) : Math.min(active.value, options.length - 1)

  function search(next: string): void {
    text.value = ''
    active.value = -1
    isOpen.value = false
    if (next !== q) onSearch(next)
  }

  function type(next: string): void {
    text.value = next
    active.value = -1
    isOpen.value = true
  }

  function choose({ group, text: next, isWhole }: Suggestion): void {
    if (!isWhole) type(next)
    else search(group === 'Recent' ? next : withText(q, next))
    input.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const option = options[at]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      isOpen.value = true
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (options.length > 0)
        active.value = (Math.max(at, step === 1 ? -1 : 0) + step + options.length) % options.length
    } else if (event.key === 'Tab' && !event.shiftKey && option !== undefined && option.text !== text.value) {
      event.preventDefault()
      type(option.text)
    } else if (event.key === 'Enter' && option !== undefined && active.value !== -1) {
      event.preventDefault()
      choose(option)
    } else if (event.key === 'Backspace' && text.value === '' && terms.length > 0)
      search(searchOf(terms.slice(0, -1)))
    else if (event.key === 'Escape') {
      if (!isOpen.value) input.current?.blur()
      else event.stopPropagation()
      isOpen.value = false
    }
  }

  return (
    <form
      class="searchbox"
      role="search"
      aria-label={`Search ${name}`}
      onSubmit={(event) => {
        event.preventDefault()
        search(withText(q, typedSearch(text.value)))
      }}
    >
      <div class="chips">
        {terms.map(({ text: term, not, field, operator, value }, index) => (
          <span key={term} class={not ? 'chip not' : 'chip'} title={term}>
            <span class="clip">
              {(not || field !== undefined) && (
                <i>
                  {not && 'not '}
                  {field} {operator}{' '}
                </i>
              )}
              <bdi>{value}</bdi>
            </span>
            <button
              type="button"
              aria-label={`Remove ${term}`}
              onClick={() => {
                search(searchOf(terms.toSpliced(index, 1)))
                input.current?.focus()
              }}
            >
              ×
            </button>
          </span>
        ))}
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={options[at] === undefined ? undefined : `${id}-${at}`}
          aria-label={`Search ${name}`}
          placeholder={'Words, "phrases", field:value, level>=warn'}
          autocomplete="off"
          spellcheck={false}
          maxLength={2048}
          value={text.value}
          onInput={(event) => type(event.currentTarget.value)}
          onFocus={() => (isOpen.value = true)}
          onBlur={() => (isOpen.value = false)}
          onKeyDown={onKeyDown}
        />
      </div>
      <output class="sr">{hits !== undefined && q !== '' && `${grouped(hits)} found`}</output>
      <button class="sr" type="submit" tabIndex={-1}>
        Search
      </button>
      <kbd>/</kbd>
      <div class="suggest" id={id} role="listbox" aria-label="Suggestions" hidden={options.length === 0}>
        {(['Fields', 'Values', 'Recent'] as const)
          .filter((group) => options.some((option) => option.group === group))
          .map((group) => (
            <div key={group} role="group" aria-label={group}>
              <div class="suggest-head" aria-hidden="true">
                {group}
              </div>
              {options.map(
                (option, index) =>
                  option.group === group && (
                    <div
                      key={option.shown}
                      id={`${id}-${index}`}
                      role="option"
                      aria-selected={index === at}
                      title={option.shown}
                      onMouseDown={(event) => event.preventDefault()}
                      onClick={() => choose(option)}
                    >
                      <code class="clip">
                        <bdi>{option.shown}</bdi>
                      </code>
                      <span class="muted clip">{option.about}</span>
                      <span class="num muted">{option.count !== undefined && grouped(option.count)}</span>
                    </div>
                  ),
              )}
            </div>
          ))}
        <div class="suggest-foot" aria-hidden="true">
          <kbd>↑</kbd>
          <kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Enter</kbd> search
        </div>
      </div>
    </form>
  )
}
