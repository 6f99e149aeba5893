import type { Call, Remark } from './calls.ts'
import type { Instance } from './instance.ts'
import type { Served } from './meters.ts'
import { type Item, keyValues, nanoseconds } from './otlp.ts'

/** What a request leaves behind. */
export interface Recording {
  readonly spans: readonly Item[]
  readonly logs: readonly Item[]
  readonly requests: ReadonlyArray<{ readonly instance: Instance; readonly served: Served }>
}

const KINDS = { internal: 1, server: 2, client: 3 } as const
const SEVERITIES = { info: 9, warn: 13, error: 17 } as const
const ERROR = 2

/** Records a request that begins at a time. Ids are `hex(bytes)`. */
export function record(
  root: Call,
  start: number,
  { instanceOf, hex }: { instanceOf: (call: Call) => Instance; hex: (bytes: number) => string },
): Recording {
  const spans: Item[] = []
  const logs: Item[] = []
  const requests: Array<{ instance: Instance; served: Served }> = []
  const traceId = hex(16)

  /** Records a call and the calls within. Returns its end. */
  function visit(
    call: Call,
    from: number,
    parent: { spanId: string; instance: Instance } | undefined,
  ): number {
    const instance = parent?.instance.service === call.service ? parent.instance : instanceOf(call)
    const spanId = hex(8)
    let at = from + call.ms / 2
    for (const each of call.calls) at = visit(each, at, { spanId, instance })
    const end = at + call.ms / 2
    spans.push({
      at: end,
      instance,
      body: spanOf(call, { traceId, spanId, parent: parent?.spanId, from, end }),
    })
    const log = (remark: Remark, time: number) =>
      logs.push({ at: time, instance, body: logRecord(remark, time, { traceId, spanId }) })
    for (const remark of call.remarks) log(remark, at)
    if (call.kind === 'server') {
      log(accessEvent(call, end - from), end)
      requests.push({
        instance,
        served: servedOf(call, { traceId, spanId, seconds: (end - from) / 1_000, at: end }),
      })
    }
    return end
  }

  visit(root, start, undefined)
  return { spans, logs, requests }
}

function spanOf(
  { name, kind, attributes, failure }: Call,
  {
    traceId,
    spanId,
    parent,
    from,
    end,
  }: { traceId: string; spanId: string; parent: string | undefined; from: number; end: number },
): object {
  return {
    traceId,
    spanId,
    ...(parent !== undefined && { parentSpanId: parent }),
    flags: 1,
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(end),
    attributes: keyValues(attributes),
    status: failure === undefined ? {} : { code: ERROR, message: failure.message },
    ...(failure !== undefined &&
      failure.stack !== '' && {
        events: [
          {
            timeUnixNano: nanoseconds(end),
            name: 'exception',
            attributes: keyValues({
              'exception.type': failure.type,
              'exception.message': failure.message,
              'exception.stacktrace': failure.stack,
            }),
          },
        ],
      }),
  }
}

function accessEvent({ attributes, failure }: Call, ms: number): Remark {
  const fields = { ...attributes, duration_ms: Math.round(ms * 10) / 10 }
  if (failure === undefined) return { level: 'info', message: 'request completed', attributes: fields }
  return { level: 'error', message: 'request failed', attributes: fields, failure }
}

function logRecord(
  { level, message, attributes, failure }: Remark,
  time: number,
  { traceId, spanId }: { traceId: string; spanId: string },
): object {
  return {
    timeUnixNano: nanoseconds(time),
    observedTimeUnixNano: nanoseconds(time),
    severityNumber: SEVERITIES[level],
    severityText: level,
    body: { stringValue: message },
    attributes: keyValues({
      ...attributes,
      ...(failure !== undefined && {
        'exception.type': failure.type,
        'exception.message': failure.message,
        'exception.stacktrace': failure.stack,
      }),
    }),
    traceId,
    spanId,
    flags: 1,
  }
}

function servedOf(
  { attributes, failure }: Call,
  where: { traceId: string; spanId: string; seconds: number; at: number },
): Served {
  return {
    method: String(attributes['http.request.method']),
    route: String(attributes['http.route']),
    status: Number(attributes['http.response.status_code']),
    errorType: failure?.type,
    ...where,
  }
}
