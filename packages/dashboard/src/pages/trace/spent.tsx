import { textOf } from '../../format/numbers.ts'
import { StateMark } from '../../parts/mark.tsx'
import { useApp } from '../../state/app.ts'
import { findingsOf, type LoopDelay, type Usual } from '../../trace/findings.ts'
import type { Model } from '../../trace/model.ts'
import { attribute } from '../../trace/span.ts'

/** Where the time of a trace went, and what is worth saying of it. */
export function Spent({
  model,
  usual,
  delays,
  onSelect,
}: {
  model: Model
  usual: Usual | undefined
  delays: readonly LoopDelay[] | undefined
  onSelect: (id: string) => void
}) {
  const { address } = useApp()
  const { parts, rest, total } = model.spent
  const share = (ms: number) => `${total === 0 ? 0 : Math.round((ms / total) * 100)} %`
  const route = attribute(model.root, 'http.route')
  return (
    <section aria-label="Where the time went" class="spent">
      <h2>Where {textOf(model.trace.duration / 1_000, 's')} went</h2>
      <div class="bars" aria-hidden="true">
        {[...parts.map(({ ms }) => ms), rest].map((ms, at) =>
          ms > 0 ? <i key={at} class={`p${Math.min(4, at + 1)}`} style={{ flex: String(ms) }} /> : null,
        )}
      </div>
      <ol>
        {parts.map(({ what, where, times, ms, span }, at) => (
          <li key={`${what} ${where}`} class={`p${Math.min(4, at + 1)}`}>
            <span class="dot" />
            <b>{textOf(ms / 1_000, 's')}</b>{' '}
            <button type="button" class="linkish" onClick={() => onSelect(span.id)}>
              {times > 1 ? `${times} × ` : ''}
              <bdi>{what}</bdi>
            </button>{' '}
            <span class="muted">
              <bdi>{where}</bdi>, {share(ms)}
            </span>
          </li>
        ))}
        {rest > 0 && (
          <li class="p4">
            <span class="dot" />
            <b>{textOf(rest / 1_000, 's')}</b> all else <span class="muted">{share(rest)}</span>
          </li>
        )}
      </ol>
      {findingsOf(model, usual, delays).map(({ state, strong, code, rest: text, span }) => (
        <p key={strong} class="finding">
          <StateMark state={state} />
          <span>
            <button type="button" class="linkish strong" onClick={() => onSelect(span.id)}>
              <bdi>{strong}</bdi>
            </button>
            {code !== undefined && (
              <>
                {' '}
                in{' '}
                <code>
                  <bdi>{code}</bdi>
                </code>
              </>
            )}
            <bdi>{text}</bdi>
          </span>
        </p>
      ))}
      {route !== '' && (
        <p class="small">
          <a class="inline" href={address.to('/traces', { service: model.root.service, route })}>
            Similar traces
          </a>
        </p>
      )}
    </section>
  )
}
