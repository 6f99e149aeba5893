import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from '@jest/globals'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'

/** An SDK takes its time to load, and more of it on a busy machine. */
const DEADLINE_MS = 60_000

const SERVICE = fileURLToPath(new URL('fixtures/other-sdk.ts', import.meta.url))

interface Span {
  readonly name: string
  readonly kind: SpanKind
  readonly status: SpanStatusCode
  readonly attributes: Record<string, unknown>
  readonly exceptions: number
  readonly traceId: string
  readonly spanId: string
  readonly parent?: string
}

/** What came of a request that was answered, one that failed, and one whose client left. */
async function serviceUnder(way: string): Promise<{ lines: Array<Record<string, unknown>>; spans: Span[] }> {
  const service = fork(SERVICE, [way], {
    execArgv: ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source'],
  })
  const [report] = (await once(service, 'message')) as [
    { lines: Array<Record<string, unknown>>; spans: Span[] },
  ]
  return report
}

const servers = (spans: readonly Span[]) => spans.filter(({ kind }) => kind === SpanKind.SERVER)

describe.each([
  ['nothing but the SDK', 'sdk'],
  ['instrumentation-http', 'http'],
  ['@fastify/otel, registered before', 'fastify-first'],
  ['@fastify/otel, registered after', 'fastify-last'],
  ['instrumentation-http and @fastify/otel', 'http,fastify-first'],
])('under %s', (_, way) => {
  it(
    'has one server span for each request, named and complete, whose ids are in the log',
    async () => {
      const { lines, spans } = await serviceUnder(way)
      const [answered, failed, left, ...more] = servers(spans)
      expect(more).toEqual([])
      expect(answered).toMatchObject({
        name: 'GET /orders/:id',
        status: SpanStatusCode.UNSET,
        attributes: {
          'http.route': '/orders/:id',
          'http.response.status_code': 200,
          'http.request.header.x-request-id': ['r1'],
        },
      })
      expect(failed).toMatchObject({ name: 'GET /orders/:id', status: SpanStatusCode.ERROR, exceptions: 1 })
      expect(left).toMatchObject({ name: 'GET /hangs' })
      expect(lines.map((line) => [line.trace_id, line.span_id])).toEqual(
        servers(spans).map(({ traceId, spanId }) => [traceId, spanId]),
      )
      const own = spans.find(({ name }) => name === 'look up')
      expect(own?.traceId).toBe(answered?.traceId)
      expect(JSON.stringify(answered?.attributes)).not.toContain('hunter2')
    },
    DEADLINE_MS,
  )
})

it(
  'takes over the ids of a span that is not recorded',
  async () => {
    const { lines, spans } = await serviceUnder('http,unsampled')
    expect(spans).toEqual([])
    for (const line of lines) expect(line.trace_id).toMatch(/^[0-9a-f]{32}$/)
  },
  DEADLINE_MS,
)
