import { lastText, rangeText } from '../format/ranges.ts'
import { later } from '../parts/later.tsx'
import { Pop } from '../parts/pop.tsx'
import { useApp } from '../state/app.ts'

const Choice = later(async () => (await import('./range-choice.tsx')).RangeChoice)

/** The time range: earlier, the choice of another one, and later. */
export function RangePicker() {
  const { time } = useApp()
  const { from, to } = time.span.value
  const last = time.last.value
  return (
    <div class="seg range" role="group" aria-label="Time range">
      <button type="button" class="btn step" aria-label="Earlier" onClick={() => time.shift(-0.5)}>
        ‹
      </button>
      <Pop
        class="btn"
        label="Time range"
        button={
          <>
            {last === undefined ? rangeText(from, to) : lastText(last)}
            {last !== undefined && <span class="small">{rangeText(from, to)}</span>}
            {time.compare.value !== undefined && <span class="small">and {time.compare.value.text}</span>}
          </>
        }
      >
        {(close) => <Choice close={close} />}
      </Pop>
      <button
        type="button"
        class="btn step"
        aria-label="Later"
        disabled={last !== undefined}
        onClick={() => time.shift(0.5)}
      >
        ›
      </button>
    </div>
  )
}
