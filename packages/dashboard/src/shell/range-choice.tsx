import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'

import { fieldTime, lastText, PRESETS } from '../format/ranges.ts'
import { useApp } from '../state/app.ts'

const COMPARISONS = [
  [null, 'Nothing'],
  ['prev', 'Range before'],
  ['day', 'Day before'],
] as const
/** Steps of charts to choose from. */
const STEPS = ['1s', '5s', '15s', '1m', '5m', '15m', '1h']

/** The choices of a time range: the last minutes or days, two moments, what it is compared with, and the step of charts. */
export function RangeChoice({ close }: { close: () => void }) {
  const { time, address } = useApp()
  const span = time.span.peek()
  const start = useSignal(fieldTime(span.from))
  const end = useSignal(fieldTime(span.to))
  const range = { from: Date.parse(start.value), to: Date.parse(end.value) }
  const isRange = range.to > range.from
  const compared = time.compare.value?.with ?? null
  const box = useRef<HTMLDivElement>(null)
  // The popup opened before this was loaded.
  useLayoutEffect(() => box.current?.querySelector('button')?.focus(), [])
  return (
    <div class="choice" ref={box}>
      <div role="group" aria-label="Until now">
        {PRESETS.map((ms) => (
          <button
            key={ms}
            type="button"
            class="item"
            aria-pressed={time.last.value === ms}
            onClick={() => {
              time.show({ last: ms })
              close()
            }}
          >
            {lastText(ms)}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isRange) return
          time.show(range)
          close()
        }}
      >
        <Moment text="From" value={start.value} onInput={(value) => (start.value = value)} />
        <Moment text="To" value={end.value} onInput={(value) => (end.value = value)} />
        <p class="inline">
          <button type="submit" class="btn tiny" disabled={!isRange}>
            Show
          </button>
          <button type="button" class="btn tiny" onClick={() => time.zoomOut()}>
            Zoom out <kbd>z</kbd>
          </button>
        </p>
        {!isRange && <p class="warn">“From” has to be before “To”.</p>}
        <p class="muted">Compare with</p>
        <div class="seg tiny" role="group" aria-label="Compare with">
          {COMPARISONS.map(([value, text]) => (
            <button
              key={text}
              type="button"
              class="btn"
              aria-pressed={compared === value}
              onClick={() => address.adjust({ cmp: value })}
            >
              {text}
            </button>
          ))}
        </div>
        <label class="muted">
          Step of charts{' '}
          <select
            value={address.params.value.get('step') ?? ''}
            onChange={({ currentTarget: { value } }) => address.adjust({ step: value === '' ? null : value })}
          >
            <option value="">fits the range</option>
            {STEPS.map((step) => (
              <option key={step} value={step}>
                {step}
              </option>
            ))}
          </select>
        </label>
      </form>
    </div>
  )
}

function Moment({ text, value, onInput }: { text: string; value: string; onInput: (value: string) => void }) {
  return (
    <label class="muted">
      {text}
      <input
        type="datetime-local"
        step="1"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  )
}
