import { useLines } from '../../api/series.ts'
import { age, clock } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'
import { activeSince, isPage, markOf, type Rule, stretchesOf } from './rules.ts'

/** The rules as lanes on the clock of the page: when each of them was pending, and when it fired. */
export function Lanes({ rules }: { rules: readonly Rule[] }) {
  const { address, time } = useApp()
  const { answer } = useLines(() => 'ALERTS')
  const { from, to } = time.span.value
  const part = (at: number) => `${Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))}%`
  const history = answer.value.value
  return (
    <section aria-labelledby="h-lanes">
      <div class="head">
        <h2 id="h-lanes">Rules</h2>
        <ul class="legend">
          {(
            [
              ['page', 'lane-fire'],
              ['ticket', 'lane-warn'],
              ['pending', 'lane-pend'],
            ] as const
          ).map(([text, name]) => (
            <li key={text}>
              <svg width="16" height="10" aria-hidden="true">
                <rect class={name} x=".75" y=".75" width="14.5" height="8.5" />
              </svg>
              {text}
            </li>
          ))}
        </ul>
      </div>
      <div class="lanes">
        {rules.map((rule) => {
          const mark = markOf(rule)
          return (
            <div key={rule.name} class="lane">
              <a href={address.to('/explore', { q: rule.query })} title={rule.query}>
                <StateMark state={mark} />
                <b class="clip">{rule.name}</b>
                <span class="muted clip">{rule.annotations?.['summary'] ?? rule.labels?.['job']}</span>
              </a>
              <div class="track">
                <svg aria-hidden="true">
                  <line class="lane-base" x1="0" x2="100%" y1="50%" y2="50%" />
                  {history &&
                    stretchesOf(history.lines, rule.name, history.grid).map((stretch) => (
                      <rect
                        key={`${stretch.state} ${stretch.from}`}
                        class={
                          stretch.state === 'pending' ? 'lane-pend' : isPage(rule) ? 'lane-fire' : 'lane-warn'
                        }
                        x={part(stretch.from)}
                        y="9"
                        width={`calc(${part(stretch.to)} - ${part(stretch.from)})`}
                        height="10"
                      />
                    ))}
                </svg>
              </div>
              <span class={`is ${mark === 'bad' ? 'bad' : mark === 'warn' || mark === 'wait' ? 'warn' : ''}`}>
                {saidOf(rule, time.now.value)}
              </span>
            </div>
          )
        })}
        <div class="axis" aria-hidden="true">
          <div>
            {[0, 0.25, 0.5, 0.75, 1].map((at) => (
              <span key={at} style={{ left: `${at * 100}%` }}>
                {clock(from + at * (to - from))}
              </span>
            ))}
          </div>
        </div>
      </div>
    </section>
  )
}

function saidOf(rule: Rule, now: number): string {
  if (rule.lastError !== undefined && rule.lastError !== '') return 'cannot be evaluated'
  const since = activeSince(rule)
  if (rule.state === undefined || rule.state === 'inactive' || since === undefined) return 'ok'
  return `${rule.state}, ${age(now - since)}`
}
