import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { useAnswer } from '../../api/answer.ts'
import { type Reading, useReadings } from '../../api/series.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { age } from '../../format/times.ts'
import { StateMark } from '../../parts/mark.tsx'
import { LiveSwitch } from '../../shell/live-switch.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { copy } from '../../state/clipboard.ts'
import { ONE_LINERS, received, SIGNALS } from './arrivals.ts'

interface Hub {
  readonly store: {
    readonly spans: number
    readonly logs: number
    readonly bytes: { readonly events: number; readonly kept: number; readonly series: number }
    readonly problems: readonly string[]
  }
  readonly limits?: { readonly maxDisk: number }
}

const COUNTS = [
  'hub_received_requests_total',
  'hub_refused_requests_total',
  'hub_rejected_items_total',
  'hub_refused_samples_total',
]
  .map((name) => `last_over_time(${name}[1h])`)
  .join(' or ')

/** Before the first service: how to begin, and whether anything arrives, and if not, why. */
export function FirstRun() {
  const { time } = useApp()
  const counts = useReadings(() => COUNTS).answer
  const hub = useAnswer<Hub>(() => ['/api/hub']).answer
  const address = location.origin
  const readings = counts.value.value ?? []
  const store = hub.value.value?.store
  const isOld = (store?.spans ?? 0) + (store?.logs ?? 0) > 0
  const isHere = /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(location.hostname)
  return (
    <Page
      title="Overview"
      tools={
        <>
          <output class="at" />
          <div class="tools">
            <LiveSwitch />
          </div>
        </>
      }
    >
      <div class="firstrun">
        <p class="verdict">
          {isOld ? (
            <b>No service has sent anything in the last day.</b>
          ) : (
            <>
              <b>Nothing has arrived yet.</b> Sightline listens on <span class="mono-name">{address}</span>{' '}
              and this page fills itself with the first request.
            </>
          )}
        </p>
        <section class="sec" aria-labelledby="h-see">
          <div class="head">
            <h2 id="h-see">
              <span class="step-n">1</span>Start the demo: a shop with an incident
            </h2>
            <span class="aside">three services, first data after a few seconds</span>
          </div>
          <div class="codeblock big">
            <pre tabIndex={0} aria-label="Command">
              npx sightline demo
            </pre>
            <CopyButton text="npx sightline demo" class="btn main" />
          </div>
        </section>
        <section class="sec" aria-labelledby="h-own">
          <div class="head">
            <h2 id="h-own">
              <span class="step-n">2</span>Or connect your own service: one line
            </h2>
          </div>
          <ul class="ones">
            {ONE_LINERS.map(([framework, first, second]) => (
              <li key={framework}>
                <h3>{framework}</h3>
                <pre tabIndex={0} aria-label={framework}>
                  <i>{first}</i>
                  {'\n'}
                  <b>{second}</b>
                </pre>
                <CopyButton text={`${first}\n${second}`} class="btn tiny" />
              </li>
            ))}
          </ul>
          <p class="muted after">
            Then start it with <code class="inkc">npx sightline run -- node server.js</code>. Any other OTLP
            exporter: <code class="inkc">OTEL_EXPORTER_OTLP_ENDPOINT={address}</code>
          </p>
        </section>
        <section class="sec" aria-labelledby="h-wait">
          <div class="head">
            <h2 id="h-wait">Hub status</h2>
            <span class="aside">
              <Waiting since={time.now.value} />
            </span>
          </div>
          <table class="tbl seen" aria-labelledby="h-wait">
            <tbody>
              <tr>
                <th scope="row">
                  <span class="name">
                    <StateMark state="ok" />
                    Port {location.port || (location.protocol === 'https:' ? '443' : '80')}, OTLP over HTTP
                  </span>
                </th>
                <td>open, {isHere ? 'on this machine' : `as ${location.hostname}`}</td>
                <td class="num muted ph" />
              </tr>
              {SIGNALS.map(([signal, title]) => (
                <Signal key={signal} signal={signal} title={title} readings={readings} />
              ))}
              <Disk hub={hub.value.value} />
            </tbody>
          </table>
          {hub.value.error !== undefined && <p class="warn after">{hub.value.error}</p>}
          <p class="muted after">
            Still nothing after a request? Exporters of OpenTelemetry need{' '}
            <code class="inkc">OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf</code>: gRPC is not received here. A
            request that is refused is counted above, with the reason.
          </p>
        </section>
      </div>
    </Page>
  )
}

function Signal({
  signal,
  title,
  readings,
}: {
  signal: string
  title: string
  readings: readonly Reading[]
}) {
  const { requests, sentence, isRefused } = received(signal, readings)
  return (
    <tr>
      <th scope="row">
        <span class="name">
          <StateMark state={isRefused ? 'warn' : requests > 0 ? 'ok' : 'off'} />
          {title}
        </span>
      </th>
      <td class={isRefused ? 'warn' : 'muted'}>{sentence}</td>
      <td class="num muted ph">{grouped(requests)}</td>
    </tr>
  )
}

function Disk({ hub }: { hub: Hub | undefined }) {
  const { store, limits } = hub ?? {}
  const bytes = store && store.bytes.events + store.bytes.kept + store.bytes.series
  const problem = store?.problems[0]
  return (
    <tr>
      <th scope="row">
        <span class="name">
          <StateMark state={problem === undefined ? 'ok' : 'warn'} />
          Disk
        </span>
      </th>
      <td class={problem === undefined ? '' : 'warn'}>{problem ?? 'writable'}</td>
      <td class="num muted ph">
        {bytes !== undefined && textOf(bytes, 'B')}
        {limits !== undefined && ` of ${textOf(limits.maxDisk, 'B')}`}
      </td>
    </tr>
  )
}

function CopyButton({ text, class: name }: { text: string; class: string }) {
  const app = useApp()
  return (
    <button type="button" class={name} onClick={() => void copy(app, text, 'Command')}>
      Copy
    </button>
  )
}

function Waiting({ since }: { since: number }) {
  const start = useSignal(Date.now())
  useEffect(() => void (start.value = Date.now()), [start])
  return <>waiting for {age(Math.max(0, since - start.value))}</>
}
