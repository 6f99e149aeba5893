import { clock, clockSeconds } from '../format/times.ts'
import { useApp } from '../state/app.ts'
import { durationText } from '../state/time.ts'

/** The time of the sightline, the time range, and the live switch. */
export function Tools() {
  const { time, sightline } = useApp()
  const at = sightline.at.value
  const { from, to } = time.span.value
  const last = time.last.value
  return (
    <>
      <output class="at">
        {at !== null && `${sightline.isPinned.value ? 'pinned ' : ''}at ${clockSeconds(at)}`}
      </output>
      <div class="tools">
        <div class="seg range" role="group" aria-label="Time range">
          <button type="button" class="btn step" aria-label="Earlier" onClick={() => time.shift(-0.5)}>
            ‹
          </button>
          <button type="button" class="btn">
            {last === undefined ? 'From' : `Last ${durationText(last)}`}{' '}
            <span class="small">
              {clock(from)} – {clock(to)}
            </span>
          </button>
          <button type="button" class="btn step" aria-label="Later" onClick={() => time.shift(0.5)}>
            ›
          </button>
        </div>
        <button
          type="button"
          class="live"
          role="switch"
          aria-checked={time.held.value ? 'mixed' : time.live.value}
          onClick={() => time.toggleLive()}
        >
          <i />
          Live {time.held.value && <span class="small">paused</span>}
        </button>
      </div>
    </>
  )
}
