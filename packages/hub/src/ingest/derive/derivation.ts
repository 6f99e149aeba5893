import type { LogColumns, SpanColumns } from '@sightline/otlp'

import type { ExceptionRow } from '../../store/events.ts'
import type { StoredExemplar } from '../../store/samples.ts'
import { Attributes } from './attributes.ts'
import { CallEnds, isZeroId, PEER_ATTRIBUTES } from './call-ends.ts'
import type { DerivedDeltas, ExceptionDelta, LogDelta } from './deltas.ts'
import { createExceptions, EXCEPTION_ATTRIBUTES } from './exceptions/exceptions.ts'
import { createIdentities } from './identity.ts'
import { levelOf } from './levels.ts'
import { samplingWeight } from './sampling-weight.ts'
import { SpanMetrics } from './span-metrics.ts'

/** Finds exceptions, and counts spans and log records for the derived series. Belongs to one event thread. */
export interface Derivation {
  /** Takes in spans. Their secrets must have been masked. */
  spans(columns: SpanColumns): void
  /** Takes in log records. Their secrets must have been masked. */
  logs(columns: LogColumns): void
  /** The exceptions in the last columns, by row. */
  exceptions(): readonly ExceptionRow[]
  /** What was found since the last call: plain data for {@link DerivedSeries} in the series thread. */
  take(): DerivedDeltas
}

/** Exceptions between two deltas. */
const MAX_EXCEPTIONS = 20_000
/** Spans that last longer, or end before they start, have a wrong clock. In seconds. */
const MAX_SECONDS = 30 * 86_400
const ROUTE = ['http.route'] as const

/** Creates the derivation of an event thread. */
export function createDerivation(): Derivation {
  const identityOf = createIdentities()
  const route = new Attributes(ROUTE)
  const peers = new Attributes(PEER_ATTRIBUTES)
  const exceptionAttributes = new Attributes(EXCEPTION_ATTRIBUTES)
  const finder = createExceptions(exceptionAttributes)
  const metrics = new SpanMetrics()
  const levels = new Map<string, Map<string, number>>()
  const ends = new CallEnds()
  let counted: ExceptionDelta[] = []
  let dropped = 0
  let found: ExceptionRow[] = []

  function foundOne(row: ExceptionRow, delta: Omit<ExceptionDelta, 'type' | 'fingerprint'>): void {
    found.push(row)
    if (counted.length < MAX_EXCEPTIONS)
      counted.push({ ...delta, type: row.type, fingerprint: row.fingerprint })
    else dropped++
  }

  return {
    spans(columns) {
      const { strings, resources, starts, events } = columns
      for (const attributes of [route, peers, exceptionAttributes]) attributes.begin(strings)
      const weights = new Map<number, number>([[0, 1]])
      found = []
      for (let row = 0; row < columns.rows; row++) {
        const resource = resources[columns.resource[row] ?? 0]
        if (resource === undefined) continue
        const identity = identityOf(resource)
        const state = columns.traceStates[row] ?? 0
        let weight = weights.get(state)
        if (weight === undefined) weights.set(state, (weight = samplingWeight(strings[state] ?? '')))
        const seconds = secondsBetween(
          starts.ms[row],
          starts.ns[row],
          columns.ends.ms[row],
          columns.ends.ns[row],
        )
        route.read(columns.attributes, row)
        metrics.count(
          {
            origin: identity,
            name: strings[columns.names[row] ?? 0] ?? '',
            kind: columns.kinds[row] ?? 0,
            status: columns.statusCodes[row] ?? 0,
            route: route.text('http.route'),
            seconds,
            weight,
          },
          () => exemplarOf(columns, row, seconds),
        )
        ends.add(columns, row, { job: identity.job, seconds, weight }, peers)
        if ((events.offsets[row + 1] ?? 0) === (events.offsets[row] ?? 0)) continue
        for (const exception of finder.ofSpan(columns, row, identity))
          foundOne(exception, { job: identity.job, source: 'span', key: keyOf(columns, row) })
      }
    },
    logs(columns) {
      exceptionAttributes.begin(columns.strings)
      found = []
      for (let row = 0; row < columns.rows; row++) {
        const resource = columns.resources[columns.resource[row] ?? 0]
        if (resource === undefined) continue
        const identity = identityOf(resource)
        const { job } = identity
        const level = levelOf(
          columns.severities[row] ?? 0,
          columns.strings[columns.severityTexts[row] ?? 0] ?? '',
        )
        let counts = levels.get(job)
        if (counts === undefined) levels.set(job, (counts = new Map()))
        counts.set(level, (counts.get(level) ?? 0) + 1)
        const exception = finder.ofLog(columns, row, identity)
        if (exception === undefined) continue
        const key = isZeroId(columns.spanIds, row) ? '' : keyOf(columns, row)
        foundOne(exception, { job, source: 'log', key })
      }
    },
    exceptions: () => found,
    take() {
      const logs: LogDelta[] = []
      for (const [job, counts] of levels)
        for (const [level, count] of counts) logs.push({ job, level, count })
      const { calls, dropped: droppedCalls } = ends.take()
      const deltas: DerivedDeltas = {
        spans: metrics.take(),
        logs,
        calls,
        exceptions: counted,
        dropped: dropped + droppedCalls,
      }
      levels.clear()
      counted = []
      dropped = 0
      return deltas
    },
  }
}

function secondsBetween(startMs = 0, startNs = 0, endMs = 0, endNs = 0): number {
  const seconds = (endMs - startMs) / 1e3 + (endNs - startNs) / 1e9
  return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : 0
}

function exemplarOf({ traceIds, spanIds, ends }: SpanColumns, row: number, seconds: number): StoredExemplar {
  const hex = (ids: Uint8Array, size: number) =>
    Buffer.from(ids.buffer, ids.byteOffset + size * row, size).toString('hex')
  const labels = { trace_id: hex(traceIds, 16), span_id: hex(spanIds, 8) }
  return { labels, value: seconds, time: ends.ms[row] ?? 0 }
}

/** Trace id and span id as text of one character a byte. */
function keyOf({ traceIds, spanIds }: SpanColumns | LogColumns, row: number): string {
  const text = (ids: Uint8Array, size: number) =>
    Buffer.from(ids.buffer, ids.byteOffset + size * row, size).toString('latin1')
  return text(traceIds, 16) + text(spanIds, 8)
}
