import { describe, expect, test } from '@jest/globals'

import { end, everything, field, HOUR, id, NOW, now, recorded } from './recorded-api.ts'

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
      '/api/logs?after=c2',
      'logsView',
      { where: everything, from: 0n, to: 1n << 64n, limit: 100, after: 'c2' },
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
})
