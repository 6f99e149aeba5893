import { describe, expect, test } from '@jest/globals'

import { end, field, HOUR, id, NOW, recorded } from './recorded-api.ts'

describe('the parameters of', () => {
  test.each<[string, string, unknown]>([
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
            field('service', '=', 'eu/shop'),
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
