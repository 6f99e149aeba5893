import type { Signal } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import type { Group, Sample } from '../../errors/groups.ts'
import { type OtherError, type OtlpTrace, relatedOf } from '../../errors/related.ts'
import { msOf } from '../../format/times.ts'
import { type LogsAnswer, pageOf } from '../../logs/log.ts'
import { MiniLogs } from '../../parts/mini-logs.tsx'
import { Failed } from '../../parts/shown.tsx'
import { useApp } from '../../state/app.ts'

/** Around an event, in milliseconds, within which the log lines of its request are. */
const AROUND = 900_000

/** The log lines of the request in which an error happened, and the way to earlier and later ones. */
export function SampleLogs({ samples, index }: { samples: readonly Sample[]; index: Signal<number> }) {
  const { address } = useApp()
  const at = Math.min(index.value, samples.length - 1)
  const sample = samples[at]
  if (sample === undefined) return null
  const { traceId, spanId, user, instance } = sample
  return (
    <section aria-labelledby="h-crumbs">
      <div class="head">
        <h3 id="h-crumbs" class="strong nowrap">
          Log lines of {at === 0 ? 'the latest request' : `request ${at + 1} of the latest ${samples.length}`}
        </h3>
        <span class="aside clip">
          {user !== '' && (
            <>
              user <bdi>{user}</bdi>,{' '}
            </>
          )}
          <bdi>{instance}</bdi>
        </span>
        {traceId !== '' && (
          <a class="nowrap" href={address.to(`/traces/${traceId}`, { span: spanId === '' ? null : spanId })}>
            Open trace
          </a>
        )}
        <div class="seg" role="group" aria-label="Samples">
          <button
            class="btn step tiny"
            type="button"
            aria-label="Earlier sample"
            disabled={at >= samples.length - 1}
            onClick={() => (index.value = at + 1)}
          >
            ‹
          </button>
          <button
            class="btn step tiny"
            type="button"
            aria-label="Later sample"
            disabled={at === 0}
            onClick={() => (index.value = at - 1)}
          >
            ›
          </button>
        </div>
      </div>
      {traceId === '' ? (
        <p class="muted">The event has no trace, so that its lines cannot be told from others.</p>
      ) : (
        <RequestLines key={`${traceId} ${sample.time}`} sample={sample} />
      )}
    </section>
  )
}

function RequestLines({ sample: { traceId, time } }: { sample: Sample }) {
  const ms = msOf(time)
  const { answer, retry } = useLoaded((api, aborted) =>
    api.get<LogsAnswer>(
      '/api/logs',
      { q: `trace:${traceId}`, from: Math.round(ms - AROUND), to: Math.round(ms + AROUND), limit: 200 },
      aborted,
    ),
  )
  const { value, error } = answer.value
  if (error !== undefined) return <Failed error={error} retry={retry} />
  if (value === undefined) return null
  const { logs } = pageOf(value)
  if (logs.length === 0) return <p class="muted">The request wrote no log lines.</p>
  return <MiniLogs logs={logs.toReversed()} zero={{ time, cursor: '' }} />
}

/** What else stands out in the trace of an event: errors of other spans, and calls that repeat. */
export function Related({
  sample: { traceId },
  type,
  groups,
}: {
  sample: Sample
  type: string
  groups: readonly Group[]
}) {
  const { address } = useApp()
  const { answer } = useLoaded<OtlpTrace>((api, aborted) =>
    traceId === '' ? undefined : api.get<OtlpTrace>(`/api/traces/${traceId}`, { logs: 0 }, aborted),
  )
  const { value } = answer.value
  if (value === undefined) return null
  const { causes, effects, repeated } = relatedOf(value, type)
  const list = (title: string, errors: readonly OtherError[]) =>
    errors.length > 0 && (
      <>
        <div class="head gap-top">
          <h3 class="strong">{title}</h3>
        </div>
        {errors.map((each) => (
          <OtherLink key={`${each.type} ${each.service}`} error={each} groups={groups} />
        ))}
      </>
    )
  return (
    <>
      {list('Caused by', causes)}
      {list('Leads to', effects)}
      {repeated !== undefined && (
        <>
          <div class="head gap-top">
            <h3 class="strong">Repeats in its trace</h3>
          </div>
          <p>
            <a href={address.to(`/traces/${traceId}`)}>
              {repeated.times} × <bdi>{repeated.name}</bdi>
            </a>
          </p>
        </>
      )}
    </>
  )
}

function OtherLink({ error: { type, service }, groups }: { error: OtherError; groups: readonly Group[] }) {
  const { address } = useApp()
  const group = groups.find((one) => one.type === type && one.services.includes(service))
  return (
    <p>
      {group === undefined ? (
        <bdi>{type}</bdi>
      ) : (
        <a href={address.to(`/errors/${encodeURIComponent(group.fingerprint)}`)}>
          <bdi>{type}</bdi>
        </a>
      )}{' '}
      in <bdi>{service}</bdi>
    </p>
  )
}
