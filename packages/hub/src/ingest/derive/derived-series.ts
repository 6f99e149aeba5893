import type { Labels, MetricMetadata, SeriesWriter } from '../../store/samples.ts'
import { type CallSum, CallSums } from './calls/call-sums.ts'
import { ServiceGraph } from './calls/service-graph.ts'
import {
  bucketOf,
  type DerivedDeltas,
  type DerivedPart,
  type ExceptionDelta,
  SECONDS,
  type SpanDelta,
} from './deltas.ts'
import { Cumulative, type Round } from './growth/cumulative.ts'
import { LabelLimits } from './label-limits.ts'
import { RepeatedExceptions } from './repeated-exceptions.ts'
import { OTHER } from './span-metrics.ts'
import { PRESENT } from './time-parts.ts'

/** Accumulates what the event threads have found, in the series thread. */
export interface DerivedSeries {
  /** Adds the deltas of one event thread, every second or so. */
  add(deltas: DerivedDeltas): void
  /**
   * Writes derived series while it is iterated. All of them every 5 to 15 seconds, like a scrape. Deltas may be added between two steps.
   *
   * @param now milliseconds since 1970
   */
  write(writer: SeriesWriter, now: number, round?: Round): Iterable<unknown>
  /** Whether series wait for more late events, of which the added ones are in no sample. */
  readonly isHolding: boolean
  /** Whether a round is to be begun now, since late events take much memory. */
  readonly isFull: boolean
}

/** Series without growth end after this time, in milliseconds. */
const IDLE_MS = 3_600_000
/** Most pairs of a span's name and route for a job. */
const MAX_SPANS = 500
/** Most servers of a client. */
const MAX_SERVERS = 200
/** Most exceptions of a job: types and fingerprints. */
const MAX_EXCEPTIONS = 1_000

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const STATUSES = ['UNSET', 'OK', 'ERROR']

const METADATA: Readonly<Record<string, MetricMetadata>> = {
  traces_spanmetrics_calls_total: {
    type: 'counter',
    help: 'Spans, estimated from the sampled ones.',
    unit: '',
  },
  traces_spanmetrics_duration_seconds: { type: 'histogram', help: 'Duration of spans.', unit: 'seconds' },
  traces_service_graph_request_total: { type: 'counter', help: 'Calls between services.', unit: '' },
  traces_service_graph_request_failed_total: {
    type: 'counter',
    help: 'Calls between services that failed.',
    unit: '',
  },
  traces_service_graph_request_server_seconds: {
    type: 'histogram',
    help: 'Duration of calls between services, as the server saw them, or the client where the server has no spans.',
    unit: 'seconds',
  },
  log_records_total: { type: 'counter', help: 'Log records.', unit: '' },
  exceptions_total: { type: 'counter', help: 'Exceptions in spans and log records.', unit: '' },
}

/** @param clock milliseconds since 1970 */
export function createDerivedSeries(clock: () => number = Date.now): DerivedSeries {
  const series = new Cumulative(IDLE_MS)
  const spans = new LabelLimits(MAX_SPANS, IDLE_MS)
  const servers = new LabelLimits(MAX_SERVERS, IDLE_MS)
  const exceptions = new LabelLimits(MAX_EXCEPTIONS, IDLE_MS)
  const repeated = new RepeatedExceptions()
  const calls = new CallSums()
  const graph = new ServiceGraph((call) => calls.add(call))
  let hasMetadata = false

  function addSpans(
    { job, instance, kind, status, sum, buckets, exemplar, ...delta }: SpanDelta,
    part: number,
  ): void {
    const isKnown = spans.admits(job, `${delta.name}\n${delta.route}`)
    const name = isKnown ? delta.name : OTHER
    const route = isKnown ? delta.route : ''
    const key = keyOf('spans', job, instance, name, kind, status, route)
    const group = series.group(key, () => {
      const labels: Labels = {
        job,
        instance,
        span_name: name,
        span_kind: `SPAN_KIND_${KINDS[kind] ?? KINDS[0]}`,
        status_code: `STATUS_CODE_${STATUSES[status] ?? STATUSES[0]}`,
        http_route: route,
      }
      return [
        named('traces_spanmetrics_calls_total', labels),
        ...histogram('traces_spanmetrics_duration_seconds', labels),
      ]
    })
    const amounts = histogramAmounts(buckets, sum)
    group?.add([amounts.at(-1) ?? 0, ...amounts], part)
    if (exemplar !== undefined) group?.exemplar(1 + bucketOf(exemplar.value), exemplar, part)
  }

  function addCalls({ client, server: called, part, count, failed, seconds, buckets }: CallSum): void {
    const server = servers.admits(client, called) ? called : OTHER
    const group = series.group(keyOf('calls', client, server), () => {
      const labels = { client, server }
      return [
        named('traces_service_graph_request_total', labels),
        named('traces_service_graph_request_failed_total', labels),
        ...histogram('traces_service_graph_request_server_seconds', labels),
      ]
    })
    group?.add([count, failed, ...histogramAmounts(buckets, seconds)], part)
  }

  function addException(exception: ExceptionDelta, part: number): void {
    if (!repeated.isNew(exception)) return
    const { job } = exception
    const isKnown = exceptions.admits(job, `${exception.type}\n${exception.fingerprint}`)
    const type = isKnown ? exception.type : OTHER
    const fingerprint = isKnown ? exception.fingerprint : OTHER
    series
      .group(keyOf('exceptions', job, type, fingerprint), () => [
        named('exceptions_total', { job, type, fingerprint }),
      ])
      ?.add([1], part)
  }

  function addPart(deltas: DerivedPart, part: number, now: number): void {
    for (const delta of deltas.spans) addSpans(delta, part)
    for (const { job, level, count } of deltas.logs)
      series
        .group(keyOf('logs', job, level), () => [named('log_records_total', { job, level })])
        ?.add([count], part)
    graph.add(deltas.calls, part, now)
    for (const exception of deltas.exceptions) addException(exception, part)
  }

  return {
    add(deltas) {
      const now = clock()
      for (const late of deltas.late) addPart(late, late.part, now)
      addPart(deltas, PRESENT, now)
      for (const sum of calls.take()) addCalls(sum)
    },
    *write(writer, now, round = 'all') {
      graph.expire(now)
      for (const sum of calls.take()) addCalls(sum)
      if (!hasMetadata)
        for (const [name, metadata] of Object.entries(METADATA)) writer.metadata(name, metadata)
      hasMetadata = true
      yield* series.write(writer, now, round)
      for (const limits of [spans, servers, exceptions]) limits.forget(now)
    },
    get isHolding() {
      return series.isHolding
    },
    get isFull() {
      return series.isFull
    },
  }
}

/** Names come from outside: no separator between them is safe. */
function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts)
}

function named(name: string, labels: Labels): Labels {
  return { ...labels, __name__: name }
}

/** The series of a histogram: its buckets, its sum and its count. */
function histogram(name: string, labels: Labels): readonly Labels[] {
  return [
    ...SECONDS.map((bound) => ({ ...named(`${name}_bucket`, labels), le: String(bound) })),
    { ...named(`${name}_bucket`, labels), le: '+Inf' },
    named(`${name}_sum`, labels),
    named(`${name}_count`, labels),
  ]
}

/** What {@link histogram}'s series grow by. The last one is the count. */
function histogramAmounts(buckets: Float64Array, sum: number): number[] {
  let count = 0
  const amounts = Array.from(buckets, (each) => (count += each))
  return [...amounts, sum, count]
}
