import { useLoaded } from '../../api/answer.ts'
import { textOf as textOfNumber } from '../../format/numbers.ts'
import { MiniLogs } from '../../parts/mini-logs.tsx'
import { Sheet } from '../../parts/sheet.tsx'
import { useApp } from '../../state/app.ts'
import { colourOf, type Model } from '../../trace/model.ts'
import { attribute, outcomeOf, type Span, textOf } from '../../trace/span.ts'
import { Distribution } from './distribution.tsx'
import { Events } from './span-events.tsx'

/** The answer of `/api/explain`. */
interface Explained {
  readonly attributes: ReadonlyArray<{
    readonly key: string
    readonly values: ReadonlyArray<{
      readonly value: string
      readonly insideShare: number
      readonly outsideShare: number
    }>
  }>
}

/** Milliseconds on both sides of a span, for what is compared with it and for links to other pages. */
const AROUND_MS = 1_800_000

/** All that is known of a span. */
export function SpanSheet({ model, span, onClose }: { model: Model; span: Span; onClose: () => void }) {
  const { address } = useApp()
  const time = model.trace.start + span.start
  const logs = model.logsOf.get(span.id) ?? []
  const route = attribute(span, 'http.route')
  const outcome = outcomeOf(span)
  const range = {
    from: String(Math.round(time - AROUND_MS)),
    to: String(Math.round(time + AROUND_MS)),
    r: null,
  }
  const { answer: explained } = useLoaded((api, signal) => {
    if (route === '' || span.kind !== 'server') return undefined
    const minDuration = `${Math.max(1, Math.floor(span.duration * 0.8))}ms`
    const { from, to } = range
    return api.get<Explained>('/api/explain', { service: span.service, route, from, to, minDuration }, signal)
  })
  const onlyInSlow = new Set(
    (explained.value.value?.attributes ?? []).flatMap(({ key, values }) =>
      values
        .filter(({ insideShare, outsideShare }) => insideShare >= 0.8 && outsideShare <= 0.1)
        .map(({ value }) => `${key}=${value}`),
    ),
  )
  return (
    <Sheet
      title={span.name}
      isMono
      takesFocus={false}
      onClose={onClose}
      about={
        <>
          <span class={colourOf(model, span.service)}>
            <span class="dot" />
          </span>{' '}
          <bdi>
            {span.service} {span.version}
          </bdi>
          {span.instance !== '' && (
            <>
              {' '}
              on <bdi>{span.instance}</bdi>
            </>
          )}
          , {span.kind} span
        </>
      }
    >
      <dl class="strip">
        <Fact name="Start">+{textOfNumber(span.start / 1_000, 's')}</Fact>
        <Fact name="Duration">{textOfNumber(span.duration / 1_000, 's')}</Fact>
        <Fact name="Self time">{textOfNumber(model.selfTimeOf(span) / 1_000, 's')}</Fact>
        <Fact name="Outcome" isBad={outcome !== ''}>
          {outcome === '' ? 'ok' : outcome}
        </Fact>
      </dl>
      {span.statusMessage !== '' && (
        <section>
          <p class="bad">
            <bdi>{span.statusMessage.slice(0, 1_000)}</bdi>
          </p>
        </section>
      )}
      {route !== '' && <Distribution span={span} route={route} range={range} />}
      <Events span={span} range={range} />
      {logs.length > 0 && (
        <section>
          <h3>
            Logs of this span <span class="n">{logs.length}</span>
          </h3>
          <MiniLogs
            logs={logs}
            zero={{ time: String(BigInt(Math.round(model.trace.start * 1e3)) * 1_000n), cursor: '' }}
          />
        </section>
      )}
      <Attributes title="Attributes" of={span.attributes} onlyInSlow={onlyInSlow} />
      <Attributes title="Resource" of={span.resource} onlyInSlow={onlyInSlow} />
      {span.links.length > 0 && (
        <section>
          <h3>Links</h3>
          <ul>
            {span.links.map(({ traceId, spanId }) => (
              <li key={spanId}>
                <a class="mono" href={address.to(`/traces/${traceId}`, { span: spanId })}>
                  {traceId.slice(0, 8)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <footer>
        <a
          href={address.to('/logs', {
            ...range,
            q: `service:"${span.service}"`,
            at: String(Math.round(time)),
          })}
        >
          Logs around
        </a>
        {span.failed && (
          <a href={address.to('/errors', { ...range, q: span.service })}>Errors of {span.service}</a>
        )}
        <a
          href={address.to(`/services/${encodeURIComponent(span.service)}`, {
            ...range,
            at: String(Math.round(time)),
          })}
        >
          <bdi>{span.service}</bdi> at {new Date(time).toTimeString().slice(0, 5)}
        </a>
      </footer>
    </Sheet>
  )
}

function Fact({
  name,
  isBad = false,
  children,
}: {
  name: string
  isBad?: boolean
  children: preact.ComponentChildren
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad ? 'bad' : ''}>{children}</dd>
    </div>
  )
}

/** Attributes that name a thing which other pages know. */
const IDS = /request[._-]?id|order[._-]?id|customer[._-]?id|user\.id|enduser\.id|session[._-]?id/i

function Attributes({
  title,
  of,
  onlyInSlow,
}: {
  title: string
  of: Span['attributes']
  onlyInSlow: ReadonlySet<string>
}) {
  const { address } = useApp()
  const entries = Object.entries(of)
  if (entries.length === 0) return null
  return (
    <section>
      <h3>
        {title} <span class="n">{entries.length}</span>
      </h3>
      <table class="kv">
        <tbody>
          {entries.map(([key, value]) => {
            const text = textOf(value)
            return (
              <tr key={key}>
                <th scope="row">
                  <bdi>{key}</bdi>
                </th>
                <td>
                  {IDS.test(key) ? (
                    <a href={address.to('/logs', { q: `"${key}":"${text.replaceAll(/["\\]/g, '\\$&')}"` })}>
                      <bdi>{text}</bdi>
                    </a>
                  ) : (
                    <bdi>{text.slice(0, 5_000)}</bdi>
                  )}
                  {onlyInSlow.has(`${key}=${text}`) && (
                    <>
                      {' '}
                      <span class="tag bad">only in slow traces</span>
                    </>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
