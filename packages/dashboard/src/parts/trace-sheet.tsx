import { useAnswer } from '../api/answer.ts'
import { textOf } from '../format/numbers.ts'
import { clockMs } from '../format/times.ts'
import { useApp } from '../state/app.ts'
import { Sheet } from './sheet.tsx'
import { Shown } from './shown.tsx'

interface Attributes {
  readonly attributes: ReadonlyArray<{
    readonly key: string
    readonly value: { readonly stringValue?: string }
  }>
}

/** A trace in OTLP's JSON. */
interface Trace {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: Attributes
    readonly scopeSpans: ReadonlyArray<{
      readonly spans: ReadonlyArray<{
        readonly spanId: string
        readonly parentSpanId?: string
        readonly name: string
        readonly startTimeUnixNano: string
        readonly endTimeUnixNano: string
        readonly status?: { readonly code?: number }
      }>
    }>
  }>
}

interface Span {
  readonly id: string
  readonly parent: string | undefined
  readonly service: string
  readonly name: string
  readonly start: bigint
  readonly seconds: number
  readonly failed: boolean
}

const ERROR = 2
/** Spans that are listed. */
const SHOWN = 12

/** The trace that stands for a point of a chart. */
export function TraceSheet({ traceId, onClose }: { traceId: string; onClose: () => void }) {
  const { address } = useApp()
  const found = useAnswer<Trace>(() => [`/api/traces/${encodeURIComponent(traceId)}`])
  const href = address.to(`/traces/${encodeURIComponent(traceId)}`)
  const spans = found.answer.value.value === undefined ? [] : spansOf(found.answer.value.value)
  const [root] = spans
  return (
    <Sheet title={root?.name ?? traceId.slice(0, 8)} about={root?.service} onClose={onClose}>
      <Shown {...found}>
        {() =>
          root !== undefined && (
            <>
              <section>
                <dl class="strip">
                  <Fact title="Began">{clockMs(Number(root.start / 1_000_000n))}</Fact>
                  <Fact title="Duration">{textOf(root.seconds, 's')}</Fact>
                  <Fact title="Spans">{spans.length}</Fact>
                  <Fact title="Failed">{spans.filter(({ failed }) => failed).length}</Fact>
                </dl>
              </section>
              <section>
                <h3>Slowest spans</h3>
                <table class="tbl">
                  <tbody>
                    {spans
                      .toSorted((a, b) => b.seconds - a.seconds)
                      .slice(0, SHOWN)
                      .map(({ id, name, service, seconds, failed }) => (
                        <tr key={id}>
                          <th scope="row">
                            <span class="name">
                              <i class="mark" data-state={failed ? 'bad' : 'note'} />
                              <bdi class="clip" title={name}>
                                {name}
                              </bdi>
                              <bdi class="muted">{service}</bdi>
                            </span>
                          </th>
                          <td class="num">{textOf(seconds, 's')}</td>
                        </tr>
                      ))}
                  </tbody>
                </table>
              </section>
            </>
          )
        }
      </Shown>
      <footer>
        <a href={href}>Open the trace</a>
      </footer>
    </Sheet>
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

/** The spans of a trace, its root first. */
function spansOf({ resourceSpans }: Trace): readonly Span[] {
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = resource.attributes.find(({ key }) => key === 'service.name')
    return scopeSpans.flatMap(({ spans: all }) =>
      all.map(({ spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, status }): Span => {
        const start = BigInt(startTimeUnixNano)
        return {
          id: spanId,
          parent: parentSpanId,
          service: named?.value.stringValue ?? '',
          name,
          start,
          seconds: Number(BigInt(endTimeUnixNano) - start) / 1e9,
          failed: status?.code === ERROR,
        }
      }),
    )
  })
  const ids = new Set(spans.map(({ id }) => id))
  const isRoot = ({ parent }: Span) => parent === undefined || !ids.has(parent)
  return spans.toSorted((a, b) => Number(isRoot(b)) - Number(isRoot(a)) || Number(a.start - b.start))
}
