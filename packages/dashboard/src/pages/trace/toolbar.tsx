import type { Signal } from '@preact/signals'
import { useRef } from 'preact/hooks'

import { useKeys } from '../../parts/keys.ts'
import { useApp } from '../../state/app.ts'
import type { Model } from '../../trace/model.ts'

const VIEWS = [
  ['waterfall', 'Waterfall'],
  ['table', 'Table'],
  ['logs', 'Logs'],
  ['json', 'JSON'],
] as const

/** Milliseconds below which spans can be hidden. */
const SHORT = [0, 0.1, 1, 10, 100]

/** What is shown of a trace, and how. */
export function Toolbar({ model, find }: { model: Model; find: Signal<string> }) {
  const { address } = useApp()
  const { value: params } = address.params
  const view = params.get('view') ?? 'waterfall'
  const input = useRef<HTMLInputElement>(null)
  const focus = () => input.current?.focus()
  useKeys({ '/': focus, f: focus })
  const isPathShown = params.get('path') !== '0'
  return (
    <div class="wf-tools">
      <div class="seg tiny" role="group" aria-label="View">
        {VIEWS.map(([name, text]) => (
          <button
            key={name}
            type="button"
            class="btn"
            aria-pressed={view === name}
            onClick={() => address.adjust({ view: name === 'waterfall' ? null : name })}
          >
            {text}
            {name === 'logs' && model.logs.length > 0 ? ` ${model.logs.length}` : ''}
          </button>
        ))}
      </div>
      {view === 'waterfall' && (
        <>
          <label class="field">
            <span class="sr">Find in this trace</span>
            <input
              ref={input}
              type="search"
              placeholder={`Find in ${model.trace.spans.length} spans`}
              value={find.value}
              onInput={({ currentTarget }) => (find.value = currentTarget.value)}
            />
            <kbd>/</kbd>
          </label>
          <button
            type="button"
            class="btn tiny"
            aria-pressed={isPathShown}
            onClick={() => address.adjust({ path: isPathShown ? '0' : null })}
          >
            Critical path
          </button>
          <label>
            <span class="sr">Hide short spans</span>
            <select
              class="btn tiny"
              value={params.get('least') ?? '0'}
              onChange={({ currentTarget: { value } }) =>
                address.adjust({ least: value === '0' ? null : value })
              }
            >
              {SHORT.map((ms) => (
                <option key={ms} value={String(ms)}>
                  {ms === 0 ? 'All spans' : `Hide spans < ${ms} ms`}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
    </div>
  )
}
