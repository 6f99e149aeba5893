import type { Underived } from '../ingest/delta-relay.ts'
import type { Sample, Signal } from '../ingest/ingest.ts'
import type { SeriesCount, StoredCount } from '../ingest/protocol.ts'
import type { PlainRefusal } from '../ingest/refusal.ts'
import type { StoreState } from '../store/store.ts'
import type { Activity } from './activity.ts'
import { asked, Counter, Durations, type Family, textOf } from './families.ts'

/** What the metrics are read from when they are asked for. */
export interface OwnSources {
  /** Host and port of the hub. */
  readonly instance: () => string
  readonly queue: () => { readonly requests: number; readonly bytes: number }
  readonly series: () => SeriesCount
  readonly deaths: () => number
  readonly underived: () => Underived
  /** The last known state of the store. */
  readonly store: () => StoreState | undefined
  readonly queries: () => { readonly running: number; readonly waiting: number; readonly refused: number }
  /** Is told of the same, for the last minutes. */
  readonly activity: Pick<Activity, 'answered' | 'queried' | 'stored'>
  /** Further families, of parts that count for themselves. */
  readonly more: readonly Family[]
}

/** The `hub_*` metrics. */
export interface OwnMetrics {
  received(signal: Signal, bytes: number): void
  refused(signal: Signal, refusal: PlainRefusal): void
  rejected(signal: Signal, items: number): void
  stored(counts: readonly StoredCount[]): void
  /** A request was stored, and answered after this time. */
  answered(signal: Signal, seconds: number): void
  /** A request of an API was answered after this time. */
  queried(api: string, seconds: number): void
  /** What was not stored since the start: requests by signal and reason, and items of stored requests by signal. */
  refusals(): {
    readonly requests: ReadonlyArray<{
      readonly signal: string
      readonly reason: string
      readonly count: number
    }>
    readonly items: ReadonlyArray<{ readonly signal: string; readonly count: number }>
  }
  text(): string
  /** As samples for the store, with the label `job` = `sightline-hub` where a family has no job of its own. */
  samples(now: number): readonly Sample[]
}

const OWN_JOB = 'sightline-hub'

export function createOwnMetrics({
  instance,
  queue,
  series,
  deaths,
  underived,
  store,
  queries,
  activity,
  more,
}: OwnSources): OwnMetrics {
  const requests = new Counter('hub_received_requests_total', 'Export requests that were read.')
  const bytes = new Counter('hub_received_bytes_total', 'Bytes of export requests, as they were sent.')
  const stored = new Counter(
    'hub_stored_items_total',
    'Spans, log records and points that were stored, by service.',
  )
  const rejected = new Counter('hub_rejected_items_total', 'Items of stored requests that were not stored.')
  const refused = new Counter('hub_refused_requests_total', 'Export requests that were not stored.')
  const durations = new Durations(
    'hub_ingest_duration_seconds',
    'Time from the head of a request to its answer.',
    'signal',
  )
  const queryDurations = new Durations('hub_query_duration_seconds', 'Time of an answer of an API.', 'api')
  const families: readonly Family[] = [
    requests,
    bytes,
    stored,
    rejected,
    refused,
    durations,
    queryDurations,
    asked('gauge', 'hub_queries', 'Queries that run, and queries that wait for a thread.', () => [
      [{ state: 'running' }, queries().running],
      [{ state: 'waiting' }, queries().waiting],
    ]),
    asked(
      'counter',
      'hub_refused_queries_total',
      'Queries that were refused because too many waited.',
      () => [[{}, queries().refused]],
    ),
    asked('gauge', 'hub_queued_requests', 'Export requests that wait to be stored.', () => [
      [{}, queue().requests],
    ]),
    asked('gauge', 'hub_queued_bytes', 'Bytes of export requests that wait to be stored.', () => [
      [{}, queue().bytes],
    ]),
    asked('counter', 'hub_stored_samples_total', 'Samples of series that were stored.', () => [
      [{}, series().samples],
    ]),
    asked(
      'counter',
      'hub_late_samples_total',
      'Samples that were refused because newer ones were stored.',
      () => [[{}, series().outOfOrder]],
    ),
    asked('counter', 'hub_refused_samples_total', 'Samples that were refused, by service.', () =>
      Array.from(series().overLimit, ([job, value]) => [{ job, reason: 'series_limit' }, value]),
    ),
    asked('gauge', 'hub_series', 'Series in use, by service.', () =>
      Array.from(series().series, ([job, value]) => [{ job }, value]),
    ),
    asked('gauge', 'hub_disk_bytes', 'Bytes on disk.', () =>
      Object.entries(store()?.bytes ?? {}).map(([kind, value]) => [{ kind }, value]),
    ),
    asked(
      'counter',
      'hub_thread_deaths_total',
      'Threads that ended by a fault, and were started again.',
      () => [[{}, deaths()]],
    ),
    asked(
      'counter',
      'hub_underived_items_total',
      'Spans and log records that derived series do not count, since a thread ended.',
      () => Object.entries(underived()).map(([signal, value]) => [{ signal }, value]),
    ),
    ...more,
  ]

  return {
    received(signal, size) {
      requests.add({ signal })
      bytes.add({ signal }, size)
    },
    refused: (signal, { reason }) => refused.add({ signal, reason }),
    rejected: (signal, items) => rejected.add({ signal }, items),
    stored(counts) {
      for (const { signal, job, items } of counts) stored.add({ signal, job }, items)
      activity.stored(counts)
    },
    answered(signal, seconds) {
      durations.observe(signal, seconds)
      activity.answered(signal, seconds)
    },
    queried(api, seconds) {
      queryDurations.observe(api, seconds)
      activity.queried(seconds)
    },
    refusals: () => ({
      requests: refused.samples().map(({ labels: { signal = '', reason = '' }, value }) => ({
        signal,
        reason,
        count: value,
      })),
      items: rejected.samples().map(({ labels: { signal = '' }, value }) => ({ signal, count: value })),
    }),
    text: () => textOf(families),
    samples: (now) =>
      families.flatMap((family) =>
        family.samples().map(({ suffix, labels, value }) => ({
          labels: { job: OWN_JOB, instance: instance(), ...labels, __name__: `${family.name}${suffix}` },
          time: now,
          value,
        })),
      ),
  }
}
