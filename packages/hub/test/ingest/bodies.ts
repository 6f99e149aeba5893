/** Bodies of export requests in JSON, small enough to be read in a test. */

const ns = (ms: number) => `${Math.trunc(ms)}000000`
const resource = (job: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: job } }] })
const bytes = (body: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(body))

/** An id of 16 bytes, from a number. */
export function traceIdOf(number: number): string {
  return number.toString(16).padStart(32, '0')
}

export interface SpanBody {
  readonly job?: string
  /** Number of the trace. Not 0. */
  readonly trace: number
  readonly spans?: number
  readonly name?: string
}

/** A trace with some spans. */
export function spansBody({
  job = 'shop',
  trace,
  spans = 1,
  name = 'GET /',
}: SpanBody): Uint8Array<ArrayBuffer> {
  const now = Date.now()
  return bytes({
    resourceSpans: [
      {
        resource: resource(job),
        scopeSpans: [
          {
            spans: Array.from({ length: spans }, (_, index) => ({
              traceId: traceIdOf(trace),
              spanId: (index + 1).toString(16).padStart(16, '0'),
              name,
              kind: 2,
              startTimeUnixNano: ns(now),
              endTimeUnixNano: ns(now + 5),
            })),
          },
        ],
      },
    ],
  })
}

/** Log records of a trace. */
export function logsBody(trace: number, records = 1, job = 'shop'): Uint8Array<ArrayBuffer> {
  return bytes({
    resourceLogs: [
      {
        resource: resource(job),
        scopeLogs: [
          {
            logRecords: Array.from({ length: records }, (_, index) => ({
              timeUnixNano: ns(Date.now()),
              severityNumber: 9,
              body: { stringValue: `line ${index}` },
              traceId: traceIdOf(trace),
            })),
          },
        ],
      },
    ],
  })
}

/** One point of a gauge. */
export function pointBody(
  name: string,
  time: number,
  value: number,
  job = 'shop',
  labels: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const attributes = Object.entries(labels).map(([key, text]) => ({ key, value: { stringValue: text } }))
  const point = { timeUnixNano: ns(time), asDouble: value, attributes }
  return bytes({
    resourceMetrics: [
      { resource: resource(job), scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [point] } }] }] },
    ],
  })
}
