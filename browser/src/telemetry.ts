import type { TestHub } from './hub.ts'

/** A route of a service, and its requests until a moment. */
export interface Route {
  readonly method?: string
  readonly route: string
  readonly count: number
  readonly failed?: number
  /** Of each request. */
  readonly seconds?: number
}

/** A process that sends. */
export interface Process {
  readonly service: string
  readonly instance?: string
  readonly version?: string
}

const BOUNDS = [0.01, 0.1, 1, 10]
const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

/** The resource of a process in OTLP's JSON. */
function resourceOf({ service, instance = `${service}-1`, version = '1.0.0' }: Process) {
  return {
    attributes: [
      text('service.name', service),
      text('service.instance.id', instance),
      text('service.version', version),
    ],
  }
}

/** Sends what a process has counted of its requests by a time, in milliseconds since 1970. It has been running for `since`. */
export async function sendRequests(
  hub: Pick<TestHub, 'send'>,
  process: Process,
  routes: readonly Route[],
  at: number,
  since: number,
): Promise<void> {
  const times = { startTimeUnixNano: nanoseconds(since), timeUnixNano: nanoseconds(at) }
  const dataPoints = routes.flatMap(({ method = 'GET', route, count, failed = 0, seconds = 0.05 }) =>
    [[200, count - failed] as const, [500, failed] as const]
      .filter(([, requests]) => requests > 0)
      .map(([status, requests]) => ({
        ...times,
        attributes: [
          text('http.request.method', method),
          text('http.route', route),
          { key: 'http.response.status_code', value: { intValue: status } },
        ],
        count: String(requests),
        sum: requests * seconds,
        explicitBounds: BOUNDS,
        bucketCounts: [...BOUNDS, Infinity].map((bound, index) =>
          String(seconds <= bound && seconds > (BOUNDS[index - 1] ?? 0) ? requests : 0),
        ),
      })),
  )
  await hub.send('metrics', {
    resourceMetrics: [
      {
        resource: resourceOf(process),
        scopeMetrics: [
          {
            scope: { name: 'test' },
            metrics: [
              {
                name: 'http.server.request.duration',
                unit: 's',
                histogram: { aggregationTemporality: 2, dataPoints },
              },
            ],
          },
        ],
      },
    ],
  })
}

/** A span for {@link sendTrace}. Times are milliseconds, `start` after the start of the trace. */
export interface TestSpan {
  readonly id: string
  readonly parent?: string
  readonly name: string
  readonly kind?: number
  readonly start: number
  readonly duration: number
  readonly error?: { readonly type: string; readonly message: string }
  readonly attributes?: Readonly<Record<string, string>>
}

/** Sends a trace of one process. `start` is milliseconds since 1970. */
export async function sendTrace(
  hub: Pick<TestHub, 'send'>,
  process: Process,
  traceId: string,
  start: number,
  spans: readonly TestSpan[],
): Promise<void> {
  await hub.send('traces', {
    resourceSpans: [
      {
        resource: resourceOf(process),
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: spans.map(
              ({ id, parent, name, kind = 1, start: after, duration, error, attributes = {} }) => ({
                traceId,
                spanId: id,
                ...(parent !== undefined && { parentSpanId: parent }),
                name,
                kind,
                startTimeUnixNano: nanoseconds(start + after),
                endTimeUnixNano: nanoseconds(start + after + duration),
                attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
                ...(error !== undefined && {
                  status: { code: 2, message: error.message },
                  events: [
                    {
                      name: 'exception',
                      timeUnixNano: nanoseconds(start + after + duration),
                      attributes: [
                        text('exception.type', error.type),
                        text('exception.message', error.message),
                        text(
                          'exception.stacktrace',
                          `${error.type}: ${error.message}\n    at work (/app/src/work.js:1:2)`,
                        ),
                      ],
                    },
                  ],
                }),
              }),
            ),
          },
        ],
      },
    ],
  })
}

/** Sends log lines of one process, at milliseconds since 1970. */
export async function sendLines(
  hub: Pick<TestHub, 'send'>,
  process: Process,
  lines: ReadonlyArray<{
    readonly at: number
    readonly severity?: number
    readonly body: string
    readonly traceId?: string
    readonly spanId?: string
    readonly attributes?: Readonly<Record<string, string>>
  }>,
): Promise<void> {
  await hub.send('logs', {
    resourceLogs: [
      {
        resource: resourceOf(process),
        scopeLogs: [
          {
            scope: { name: 'test' },
            logRecords: lines.map(({ at, severity = 9, body, traceId, spanId, attributes = {} }) => ({
              timeUnixNano: nanoseconds(at),
              severityNumber: severity,
              body: { stringValue: body },
              attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
              ...(traceId !== undefined && { traceId }),
              ...(spanId !== undefined && { spanId }),
            })),
          },
        ],
      },
    ],
  })
}
