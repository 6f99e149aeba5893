import { textOf as textOfNumber } from '../../format/numbers.ts'
import type { Changes } from '../../state/address.ts'
import { useApp } from '../../state/app.ts'
import { type Span, textOf } from '../../trace/span.ts'

/** The events of a span: exceptions with their stack, others with their attributes. */
export function Events({ span, range }: { span: Span; range: Changes }) {
  const { address } = useApp()
  if (span.events.length === 0) return null
  return (
    <section>
      <h3>
        Events <span class="n">{span.events.length}</span>
      </h3>
      {span.events.slice(0, 100).map(({ name, at, attributes }, index) => (
        <details key={index} open={index === 0}>
          <summary>
            <span class="muted">+{textOfNumber(at / 1_000, 's')}</span>{' '}
            <bdi class={name === 'exception' ? 'bad strong' : ''}>
              {name === 'exception' ? textOf(attributes['exception.type']) || name : name}
            </bdi>
          </summary>
          {name === 'exception' && (
            <p>
              <a
                href={address.to('/errors', {
                  ...range,
                  q: `${textOf(attributes['exception.type'])} ${span.service}`.trim(),
                })}
              >
                All <bdi>{textOf(attributes['exception.type']) || 'errors'}</bdi> of <bdi>{span.service}</bdi>
              </a>
            </p>
          )}
          {Object.entries(attributes).map(([key, value]) => (
            <pre key={key} class="json">
              <i>{key}</i> <bdi>{textOf(value).slice(0, 10_000)}</bdi>
            </pre>
          ))}
        </details>
      ))}
    </section>
  )
}
