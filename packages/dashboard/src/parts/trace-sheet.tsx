import { useLoaded } from '../api/answer.ts'
import { textOf } from '../format/numbers.ts'
import { clockMs } from '../format/times.ts'
import { useApp } from '../state/app.ts'
import { type Finding, findingsOf } from '../trace/findings.ts'
import { type Model, modelOf } from '../trace/model.ts'
import { readTrace } from '../trace/read.ts'
import { Share } from './share.tsx'
import { Sheet } from './sheet.tsx'
import { Shown } from './shown.tsx'

/** A trace in short, beside a chart: what is to say of it, and where its time went. */
export function TraceSheet({
  traceId,
  spanId,
  onClose,
}: {
  traceId: string
  /** The span that the page of the trace begins with. */
  spanId?: string | null
  onClose: () => void
}) {
  const { address } = useApp()
  const path = `/traces/${encodeURIComponent(traceId)}`
  const found = useLoaded((api, aborted) =>
    api.get<unknown>(`/api${path}`, {}, aborted).then((otlp) => modelOf(readTrace(otlp), [])),
  )
  const model = found.answer.value.value
  return (
    <Sheet
      title={model?.root.name ?? `Trace ${traceId.slice(0, 8)}`}
      about={model?.root.service}
      onClose={onClose}
    >
      <Shown {...found}>{(each) => <Summary model={each} />}</Shown>
      <footer>
        <a href={address.to(path, { span: spanId || null })}>Open the trace</a>
      </footer>
    </Sheet>
  )
}

function Summary({ model }: { model: Model }) {
  const { trace, spent } = model
  const findings = findingsOf(model, undefined)
  return (
    <>
      <section>
        <dl class="strip">
          <Fact title="Began">{clockMs(trace.start)}</Fact>
          <Fact title="Duration">{textOf(trace.duration / 1_000, 's')}</Fact>
          <Fact title="Spans">{trace.spans.length}</Fact>
          <Fact title="Failed">{trace.spans.filter(({ failed }) => failed).length}</Fact>
        </dl>
      </section>
      {findings.length > 0 && (
        <section>
          <ul class="story open">
            {findings.map((finding) => (
              <Said key={finding.strong} finding={finding} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Where the time went</h3>
        <table class="tbl">
          <tbody>
            {spent.parts.map(({ what, where, times, ms }) => (
              <tr key={`${what} ${where}`}>
                <th scope="row">
                  <bdi title={what}>{what}</bdi>
                  {times > 1 && ` ${times}×`} <bdi class="muted">{where}</bdi>
                </th>
                <td class="num">{textOf(ms / 1_000, 's')}</td>
                <td class="num nowrap">
                  <Share of={spent.total > 0 ? ms / spent.total : null} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

function Said({ finding: { state, strong, code, rest } }: { finding: Finding }) {
  return (
    <li>
      <i class="mark" data-state={state} />
      <div>
        <b class="strong">{strong}</b>
        {code !== undefined && (
          <>
            {' '}
            in{' '}
            <code>
              <bdi>{code}</bdi>
            </code>
          </>
        )}
        <bdi>{rest}</bdi>
      </div>
    </li>
  )
}

function Fact({ title, children }: { title: string; children: string | number }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}
