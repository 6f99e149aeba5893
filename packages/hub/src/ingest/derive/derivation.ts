import type { LogColumns, SpanColumns } from '@sightline/otlp'

import type { ExceptionRow } from '../../store/events.ts'
import type { StoredExemplar } from '../../store/samples.ts'
import { Attributes } from './attributes.ts'
import { isZeroId, PEER_ATTRIBUTES } from './calls/call-ends.ts'
import { CountedPart } from './counted-part.ts'
import type { DerivedDeltas, ExceptionDelta } from './deltas.ts'
import { createExceptions, EXCEPTION_ATTRIBUTES } from './exceptions/exceptions.ts'
import { createIdentities } from './identity.ts'
import { levelOf } from './levels.ts'
import { samplingWeight } from './sampling-weight.ts'
import { partOf, PRESENT } from './time-parts.ts'

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
  /** Whether the limit of late events is reached. The caller then calls `take` without waiting for its interval. */
  readonly isFull: boolean
}

/** Late events between two deltas: each of them may be the only one of its part, and takes some hundred bytes then. */
const MAX_LATE = 50_000
/** Spans that last longer, or end before they start, have a wrong clock. In seconds. */
const MAX_SECONDS = 30 * 86_400
const ROUTE = ['http.route'] as const

/**
 * Creates the derivation of an event thread.
 *
 * @param clock milliseconds since 1970
 */
export function createDerivation(clock: () => number = Date.now): Derivation {
  const identityOf = createIdentities()
  const route = new Attributes(ROUTE)
  const peers = new Attributes(PEER_ATTRIBUTES)
  const exceptionAttributes = new Attributes(EXCEPTION_ATTRIBUTES)
  const finder = createExceptions(exceptionAttributes)
  const present = new CountedPart()
  const late = new Map<number, CountedPart>()
  let lateEvents = 0
  let found: ExceptionRow[] = []

  function partAt(time: number, now: number): CountedPart {
    const part = partOf(time, now)
    if (part === PRESENT) return present
    lateEvents++
    let counted = late.get(part)
    if (counted === undefined) late.set(part, (counted = new CountedPart()))
    return counted
  }

  function foundOne(
    part: CountedPart,
    row: ExceptionRow,
    delta: Omit<ExceptionDelta, 'type' | 'fingerprint'>,
  ): void {
    found.push(row)
    part.exception({ ...delta, type: row.type, fingerprint: row.fingerprint })
  }

  return {
    spans(columns) {
      const { strings, resources, starts, events } = columns
      const now = clock()
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
        const part = partAt(columns.ends.ms[row] ?? 0, now)
        part.spans.count(
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
        part.calls.add(columns, row, { job: identity.job, seconds, weight }, peers)
        if ((events.offsets[row + 1] ?? 0) === (events.offsets[row] ?? 0)) continue
        for (const exception of finder.ofSpan(columns, row, identity))
          foundOne(part, exception, { job: identity.job, source: 'span', key: keyOf(columns, row) })
      }
    },
    logs(columns) {
      exceptionAttributes.begin(columns.strings)
      const now = clock()
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
        const part = partAt(columns.times.ms[row] ?? 0, now)
        part.log(job, level)
        const exception = finder.ofLog(columns, row, identity)
        if (exception === undefined) continue
        const key = isZeroId(columns.spanIds, row) ? '' : keyOf(columns, row)
        foundOne(part, exception, { job, source: 'log', key })
      }
    },
    exceptions: () => found,
    take() {
      const parts = [...late].toSorted(([a], [b]) => a - b)
      late.clear()
      lateEvents = 0
      return {
        ...present.take(),
        late: parts.map(([part, counted]) => ({ part, ...counted.take() })),
      }
    },
    get isFull() {
      return lateEvents >= MAX_LATE
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
