import { describe, expect, test } from '@jest/globals'

import { createApi } from '../../src/api/api.ts'
import type { ApiRequest } from '../../src/api/request.ts'
import type { Queries } from '../../src/query/queries.ts'
import type { ErrorState } from '../../src/store/search.ts'
import { partsOver } from '../api-over.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const HOUR = 3_600_000_000_000n
const now = BigInt(NOW) * 1_000_000n
/** The end of a range without `to`: an event of this millisecond is part of it. */
const end = now + 1_000_000n

/** An API that records the tasks that its queries run. */
function recorded() {
  const tasks: unknown[] = []
  const states: unknown[] = []
  const parts = partsOver({})
  const queries: Queries = {
    ...parts.queries,
    async json(name, params) {
      tasks.push([name, params])
      return new TextEncoder().encode('[]')
    },
  }
  const api = createApi({
    ...parts,
    queries,
    keeper: {
      async setErrorState(fingerprint: string, state: ErrorState, time: bigint) {
        states.push([fingerprint, state, time])
      },
      state: async () => ({
        bytes: { events: 1, series: 2, kept: 3 },
        oldest: 4,
        newest: undefined,
        spans: 5,
        logs: 6,
        series: 7,
        problems: [],
      }),
    },
    state: async () => ({ received: 8 }),
    now: () => NOW,
  })
  const asked = async (target: string, request: Partial<ApiRequest> = {}) => {
    const [path = '', search = ''] = target.split('?')
    const answer = await api({
      method: 'GET',
      path,
      query: new URLSearchParams(search),
      headers: {},
      signal: new AbortController().signal,
      ...request,
    })
    return { ...answer, body: JSON.parse(Buffer.from(answer.body as Uint8Array).toString()) as unknown }
  }
  return { asked, tasks, states }
}

const everything = { kind: 'all', of: [] }
const field = (name: string, is: string, value: string) => ({ kind: 'field', field: name, is, value })
const id = '0af7651916cd43dd8448eb211c80319c'

describe('the parameters of', () => {
  test.each<[string, string, unknown]>([
    ['/api/logs', 'logsView', { where: everything, from: end - HOUR, to: end, limit: 100 }],
    [
      '/api/logs?from=2026-01-31T10:00:00Z&to=2026-01-31T11:30:00.000000001%2B00:30&limit=7&before=c1',
      'logsView',
      { where: everything, from: now - 2n * HOUR, to: now - HOUR + 1n, limit: 7, before: 'c1' },
    ],
    [
      `/api/logs?from=${NOW - 5000}&to=${NOW}`,
      'logsView',
      { where: everything, from: now - 5_000_000_000n, to: now, limit: 100 },
    ],
    [
      `/api/logs?from=${now - 3n}&to=${now}&after=c2`,
      'logsView',
      { where: everything, from: now - 3n, to: now, limit: 100, after: 'c2' },
    ],
    [
      '/api/logs?from=now-2h&to=now-30m',
      'logsView',
      { where: everything, from: now - 2n * HOUR, to: now - HOUR / 2n, limit: 100 },
    ],
    ['/api/logs?from=now-1d', 'logsView', { where: everything, from: now - 24n * HOUR, to: end, limit: 100 }],
    ['/api/logs?to=1000', 'logsView', { where: everything, from: 0n, to: 1_000_000_000n, limit: 100 }],
    [
      '/api/logs?q=timeout%20-level:debug&service=shop&level=error',
      'logsView',
      {
        where: {
          kind: 'all',
          of: [
            { kind: 'text', text: 'timeout', phrase: false },
            { kind: 'not', of: field('level', '=', 'debug') },
            field('service', '=', 'shop'),
            field('level', '=', 'error'),
          ],
        },
        from: end - HOUR,
        to: end,
        limit: 100,
      },
    ],
    [
      '/api/logs/histogram?buckets=30&q=a%20OR%20b',
      'histogramView',
      {
        where: { kind: 'any', of: ['a', 'b'].map((text) => ({ kind: 'text', text, phrase: false })) },
        from: end - HOUR,
        to: end,
        buckets: 30,
      },
    ],
    [
      '/api/logs/facets?fields=service,user.id',
      'facets',
      { where: everything, from: end - HOUR, to: end, fields: ['service', 'user.id'] },
    ],
    ['/api/logs/around?cursor=c3&before=5', 'surroundingsView', { cursor: 'c3', before: 5, after: 20 }],
    [
      '/api/traces',
      'tracesView',
      { where: everything, from: end - HOUR, to: end, limit: 50, order: 'newest' },
    ],
    [
      '/api/traces?service=my%20shop&route=/orders/:id&status=5xx&minDuration=250ms&maxDuration=1.5s&order=slowest&limit=5&before=c4',
      'tracesView',
      {
        where: {
          kind: 'all',
          of: [
            field('service', '=', 'my shop'),
            field('route', '=', '/orders/:id'),
            { kind: 'all', of: [field('status', '>=', '500'), field('status', '<=', '599')] },
            field('duration', '>=', '250'),
            field('duration', '<=', '1500'),
          ],
        },
        from: end - HOUR,
        to: end,
        limit: 5,
        before: 'c4',
        order: 'slowest',
      },
    ],
    [
      '/api/traces?service=shop',
      'tracesView',
      { where: field('service', '=', 'shop'), from: end - HOUR, to: end, limit: 50, order: 'newest' },
    ],
    [`/api/traces/${id.toUpperCase()}`, 'traceView', { traceId: id, logs: 1000 }],
    ['/api/traces/1f?logs=0', 'traceView', { traceId: '1f'.padStart(32, '0'), logs: 0 }],
    ['/api/errors', 'errorsView', { from: end - 24n * HOUR, to: end, limit: 100 }],
    [
      '/api/errors?service=shop&state=open,regressed&limit=3',
      'errorsView',
      { from: end - 24n * HOUR, to: end, limit: 3, service: 'shop', states: ['open', 'regressed'] },
    ],
    [
      '/api/errors/1-ab?from=now-2h',
      'errorView',
      { fingerprint: '1-ab', range: { from: now - 2n * HOUR, to: end } },
    ],
    ['/api/services', 'serviceList', { time: NOW, window: 300_000, trend: 3_600_000 }],
    [
      `/api/services?to=${NOW - 1000}&from=${NOW - 61_000}&window=30s`,
      'serviceList',
      { time: NOW - 1000, window: 30_000, trend: 60_000 },
    ],
    [
      '/api/services/my%2Fshop?from=now-2h',
      'serviceDetails',
      { name: 'my/shop', time: NOW, window: 300_000, trend: 7_200_001, range: 7_200_001 },
    ],
    ['/api/dependencies', 'dependencies', { time: NOW, window: 300_000 }],
    [`/jaeger/api/traces/${id}`, 'jaegerTraceView', { traceId: id }],
    [
      `/jaeger/api/traces?traceID=${id}&traceID=2f`,
      'jaegerTracesView',
      { traceIds: [id, '2f'.padStart(32, '0')] },
    ],
    [
      '/jaeger/api/traces?service=shop',
      'jaegerTracesView',
      {
        where: { kind: 'all', of: [field('service', '=', 'shop')] },
        from: end - HOUR,
        to: end + 1n,
        limit: 20,
        order: 'newest',
      },
    ],
    [
      '/jaeger/api/traces?service=shop&operation=GET%20/x&start=1000000&end=2000000&limit=3&lookback=custom' +
        '&minDuration=1m30.5s&maxDuration=2h&tags=%7B%22error%22%3A%22true%22%2C%22http.status_code%22%3A500%7D&tag=a:b:c',
      'jaegerTracesView',
      {
        where: {
          kind: 'all',
          of: [
            field('service', '=', 'shop'),
            field('name', '=', 'GET /x'),
            field('duration', '>=', '90500'),
            field('duration', '<=', '7200000'),
            field('error', 'exists', ''),
            field('status', '=', '500'),
            field('a', '=', 'b:c'),
          ],
        },
        from: 1_000_000_000n,
        to: 2_000_000_001n,
        limit: 3,
        order: 'newest',
      },
    ],
    [
      '/jaeger/api/traces?service=shop&operation=all&end=7200000000&lookback=1h&tags=error=true%20user.name="Ada \\"L\\""%20empty=',
      'jaegerTracesView',
      {
        where: {
          kind: 'all',
          of: [
            field('service', '=', 'shop'),
            field('error', 'exists', ''),
            field('user.name', '=', 'Ada "L"'),
            field('empty', '=', ''),
          ],
        },
        from: HOUR,
        to: 2n * HOUR + 1n,
        limit: 20,
        order: 'newest',
      },
    ],
    [
      '/jaeger/api/traces?service=eu/shop&tags=error=false%20span.kind=server',
      'jaegerTracesView',
      {
        where: {
          kind: 'all',
          of: [
            {
              kind: 'any',
              of: [
                field('service', '=', 'eu/shop'),
                { kind: 'all', of: [field('service.namespace', '=', 'eu'), field('service', '=', 'shop')] },
              ],
            },
            { kind: 'not', of: field('error', 'exists', '') },
            field('kind', '=', 'server'),
          ],
        },
        from: end - HOUR,
        to: end + 1n,
        limit: 20,
        order: 'newest',
      },
    ],
    ['/jaeger/api/dependencies', 'callCounts', { time: NOW, window: 86_400_000 }],
    ['/jaeger/api/dependencies?endTs=5000&lookback=1000', 'callCounts', { time: 5000, window: 1000 }],
  ])('%s are understood', async (target, name, params) => {
    const { asked, tasks } = recorded()
    expect((await asked(target)).status).toBe(200)
    expect(tasks).toEqual([[name, params]])
  })

  test.each<[string, string]>([
    [
      '/api/logs?from=yesterday',
      'The parameter from must be a time such as 2026-01-31T12:00:00Z, milliseconds since 1970, or now-15m, not "yesterday"',
    ],
    [
      '/api/logs?from=-5',
      'The parameter from must be a time such as 2026-01-31T12:00:00Z, milliseconds since 1970, or now-15m, not "-5"',
    ],
    [
      '/api/logs?from=2026-02-30T12:00:00Z',
      'The parameter from must be a time such as 2026-01-31T12:00:00Z, milliseconds since 1970, or now-15m, not "2026-02-30T12:00:00Z"',
    ],
    [
      '/api/logs?to=now-1y',
      'The parameter to must be a time such as 2026-01-31T12:00:00Z, milliseconds since 1970, or now-15m, not "now-1y"',
    ],
    ['/api/logs?from=now&to=now-1h', 'The parameter from must be before to'],
    ['/api/logs?limit=0', 'The parameter limit must be a whole number from 1 to 1000, not "0"'],
    ['/api/logs?limit=1e2', 'The parameter limit must be a whole number from 1 to 1000, not "1e2"'],
    ['/api/logs?before=a&after=b', 'The parameter after cannot be combined with before'],
    [
      '/api/logs?q=%22open',
      'The parameter q is no search: The quotation mark is not closed (at position 1 of the search)',
    ],
    [
      '/api/logs?level=loud',
      'The parameter level is no search: The level "loud" is none of unset, trace, debug, info, warn, error, fatal (at position 7 of the search)',
    ],
    ['/api/logs/around', 'The parameter cursor is missing'],
    [`/api/logs/facets?fields=${'a,'.repeat(21)}`, 'The parameter fields has more than 20 fields'],
    ['/api/traces?order=oldest', 'The parameter order must be one of newest, slowest, not "oldest"'],
    [
      '/api/traces?minDuration=fast',
      'The parameter minDuration must be a duration such as 250ms, not "fast"',
    ],
    ['/api/traces/xyz', 'The parameter id must be an id of 32 hexadecimal digits, not "xyz"'],
    [
      `/api/traces/${'0'.repeat(32)}`,
      `The parameter id must be an id of 32 hexadecimal digits, not "${'0'.repeat(32)}"`,
    ],
    [
      `/api/traces/${'a'.repeat(200)}`,
      `The parameter id must be an id of 32 hexadecimal digits, not "${'a'.repeat(100)}…"`,
    ],
    [
      '/api/errors?state=closed',
      'The parameter state must be some of open, regressed, resolved, ignored, not "closed"',
    ],
    ['/api/errors/a%20b', 'The parameter fingerprint must be the fingerprint of an error group, not "a b"'],
    ['/api/services?window=5', 'The parameter window must be a span of time such as 30s, 5m or 2h, not "5"'],
    ['/api/services?window=1s', 'The parameter window must be from 10s to 86400s, not "1s"'],
  ])('%s are refused with one sentence', async (target, error) => {
    const { asked, tasks } = recorded()
    await expect(asked(target)).resolves.toMatchObject({ status: 400, body: { error } })
    expect(tasks).toEqual([])
  })

  test.each<[string, string]>([
    ['/jaeger/api/traces', 'The parameter service is missing'],
    ['/jaeger/api/traces/zz', 'The parameter id must be an id of 32 hexadecimal digits, not "zz"'],
    [
      '/jaeger/api/traces?traceID=zz',
      'The parameter traceID must be an id of 32 hexadecimal digits, not "zz"',
    ],
    ['/jaeger/api/traces?service=a&start=x', 'The parameter start must be microseconds since 1970, not "x"'],
    ['/jaeger/api/traces?service=a&start=2&end=1', 'The parameter start must not be after end'],
    [
      '/jaeger/api/traces?service=a&lookback=long',
      'The parameter lookback must be a span of time such as 1h, not "long"',
    ],
    [
      '/jaeger/api/traces?service=a&minDuration=5',
      'The parameter minDuration must be a duration such as 100ms or 1.5s, not "5"',
    ],
    ['/jaeger/api/traces?service=a&tags=%7Bbad', 'The parameter tags is no object of JSON: "{bad"'],
    [
      '/jaeger/api/traces?service=a&tags=%7B%22a%22:[1]%7D',
      'The parameter tags has a value of "a" that is no text, number or boolean',
    ],
    ['/jaeger/api/traces?service=a&tags=a%20b', 'The parameter tags must be JSON or key=value, not "a b"'],
    ['/jaeger/api/traces?service=a&tag=ab', 'The parameter tag must be key:value, not "ab"'],
    ['/jaeger/api/operations', 'The parameter service is missing'],
    ['/jaeger/api/dependencies?endTs=now', 'The parameter endTs must be milliseconds, not "now"'],
  ])('%s are refused in the shape of Jaeger', async (target, msg) => {
    const { asked } = recorded()
    await expect(asked(target)).resolves.toMatchObject({
      status: 400,
      body: { data: null, errors: [{ code: 400, msg }] },
    })
  })
})

describe('a path', () => {
  test.each([
    ['/api', { error: 'The API has no path /api' }],
    ['/api/nothing', { error: 'The API has no path /api/nothing' }],
    ['/api/services/', { error: 'The API has no path /api/services/' }],
    ['/api/services/%ff', { error: 'The API has no path /api/services/%ff' }],
    [
      '/api/v1/nothing',
      { status: 'error', errorType: 'not_found', error: 'The API has no path /api/v1/nothing' },
    ],
    [
      '/jaeger/api/nothing',
      {
        data: null,
        total: 0,
        limit: 0,
        offset: 0,
        errors: [{ code: 404, msg: 'The API has no path /jaeger/api/nothing' }],
      },
    ],
  ])('%s that is unknown is answered in the shape of its clients', async (path, body) => {
    const { asked } = recorded()
    await expect(asked(path)).resolves.toMatchObject({ status: 404, body })
  })

  test('says which methods it has', async () => {
    const { asked } = recorded()
    await expect(asked('/api/logs', { method: 'POST' })).resolves.toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
      body: { error: 'This path only allows GET' },
    })
    await expect(asked('/api/errors/1-ab', { method: 'DELETE' })).resolves.toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
    })
  })

  test('answers HEAD as GET', async () => {
    const { asked } = recorded()
    await expect(asked('/api/logs', { method: 'HEAD' })).resolves.toMatchObject({ status: 200 })
  })
})

describe('the state of an error', () => {
  test.each<[string, ErrorState, unknown]>([
    ['{"state":"resolved"}', { kind: 'resolved' }, { kind: 'resolved' }],
    ['{"state":"open"}', { kind: 'open' }, { kind: 'open' }],
    ['{"state":"ignored"}', { kind: 'ignored', until: undefined }, { kind: 'ignored', until: null }],
    [
      '{"state":"ignored","until":"2026-01-31T14:00:00+01:00"}',
      { kind: 'ignored', until: now + HOUR },
      { kind: 'ignored', until: String(now + HOUR) },
    ],
    [
      `{"state":"ignored","until":${NOW + 1}}`,
      { kind: 'ignored', until: now + 1_000_000n },
      { kind: 'ignored', until: String(now + 1_000_000n) },
    ],
  ])('is set by %s', async (body, state, answered) => {
    const { asked, states } = recorded()
    await expect(asked('/api/errors/1-ab', { method: 'POST', body })).resolves.toMatchObject({
      status: 200,
      body: { fingerprint: '1-ab', state: answered },
    })
    expect(states).toEqual([['1-ab', state, now]])
  })

  test.each([
    ['', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['[', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['null', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['{"state":"regressed"}', 'The state must be open, resolved or ignored'],
    [
      '{"state":"ignored","until":"now"}',
      'The end of ignoring must be a time in the future, such as 2026-01-31T12:00:00Z',
    ],
    [
      '{"state":"ignored","until":{}}',
      'The end of ignoring must be a time in the future, such as 2026-01-31T12:00:00Z',
    ],
  ])('is not set by %j', async (body, error) => {
    const { asked, states } = recorded()
    await expect(asked('/api/errors/1-ab', { method: 'POST', body })).resolves.toMatchObject({
      status: 400,
      body: { error },
    })
    expect(states).toEqual([])
  })
})

test('the state of the hub joins the store, the queries and the other parts', async () => {
  const { asked } = recorded()
  await expect(asked('/api/hub')).resolves.toMatchObject({
    status: 200,
    body: {
      store: {
        bytes: { events: 1, series: 2, kept: 3 },
        oldest: 4,
        newest: null,
        spans: 5,
        logs: 6,
        series: 7,
      },
      queries: { running: 0, waiting: 0 },
      received: 8,
    },
  })
})
