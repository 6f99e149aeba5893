import type { Encoding } from '../writer.ts'
import { internedOf } from './interned.ts'
import { readEnvelope } from './json/envelope.ts'
import { logReader as jsonLogReader } from './json/logs.ts'
import { metricReader as jsonMetricReader } from './json/metrics.ts'
import { spanReader as jsonSpanReader } from './json/spans.ts'
import { JsonValues } from './json/values.ts'
import { limitsOf } from './limits.ts'
import { Envelope } from './protobuf/envelope.ts'
import { logReader } from './protobuf/logs.ts'
import { metricReader } from './protobuf/metrics/metrics.ts'
import { SharedParts } from './protobuf/sets.ts'
import { spanReader } from './protobuf/spans.ts'
import { ColumnValues } from './protobuf/values.ts'
import type { Reader, ReaderLimits } from './reader.ts'
import { Logs } from './tables/logs.ts'
import { Points } from './tables/points.ts'
import { Spans } from './tables/spans.ts'

/** The columns of a larger request are not kept for the next call, since most requests are much smaller. */
const KEPT_BYTES = 4_194_304

/** Reads the requests of one signal. */
type Read<T> = (body: Uint8Array, encoding: Encoding) => T

/**
 * Creates a reader of export requests. It interns repeated texts, attribute sets, resources, scopes and metrics across its calls, in
 * tables of bounded size.
 */
export function createReader(limits: ReaderLimits = {}): Reader {
  const interned = internedOf(limitsOf(limits))
  const shared = new SharedParts(interned)
  const values = new ColumnValues(interned)
  const jsonValues = new JsonValues(interned)
  const envelope = new Envelope(interned, shared)

  function spans(): Read<Spans> {
    const rows = new Spans(interned)
    const protobuf = spanReader(rows, values, interned)
    const json = jsonSpanReader(rows, jsonValues, interned)
    return (body, encoding) => {
      rows.begin()
      if (encoding === 'json') readEnvelope(body, 'traces', interned, jsonValues, json)
      else envelope.read(body, protobuf)
      return rows.end()
    }
  }

  function logs(): Read<Logs> {
    const rows = new Logs(interned)
    const protobuf = logReader(rows, values, interned)
    const json = jsonLogReader(rows, jsonValues, interned)
    return (body, encoding) => {
      rows.begin()
      if (encoding === 'json') readEnvelope(body, 'logs', interned, jsonValues, json)
      else envelope.read(body, protobuf)
      return rows.end()
    }
  }

  function metrics(): Read<Points> {
    const rows = new Points(interned)
    const protobuf = metricReader(rows, shared, interned)
    const json = jsonMetricReader(rows, jsonValues, interned)
    return (body, encoding) => {
      rows.begin()
      if (encoding === 'json') readEnvelope(body, 'metrics', interned, jsonValues, json)
      else envelope.read(body, protobuf)
      return rows.end()
    }
  }

  return { spans: kept(spans), logs: kept(logs), metrics: kept(metrics) }
}

/** Keeps the memory of the columns for the next call, if it is of a usual size. */
function kept<T>(make: () => Read<T>): Read<T> {
  let read = make()
  let isLarge = false
  return (body, encoding) => {
    if (isLarge) read = make()
    isLarge = body.length > KEPT_BYTES
    return read(body, encoding)
  }
}
