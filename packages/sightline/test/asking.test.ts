import { describe, expect, test } from '@jest/globals'

import { type Answer, startAnswers } from './answering-hub.ts'
import { cli, startCli } from './cli.ts'

const success = (data: unknown): Answer => ({ body: { status: 'success', data } })

const log = (n: number, more: object = {}) => ({
  cursor: `c${n}`,
  time: String(1_769_860_800_000_000_000n + BigInt(n) * 1_000_000n),
  level: 'info',
  service: 'shop',
  body: `message ${n}`,
  attributes: {},
  traceId: '',
  ...more,
})

describe('sightline ask', () => {
  test('prints the series of an instant', async () => {
    await using hub = await startAnswers({
      '/api/v1/query': success({
        resultType: 'vector',
        result: [
          { metric: { __name__: 'up', job: 'shop' }, value: [1, '1'] },
          { metric: { job: 'a"b\u001b[31m' }, value: [1, '0.25'] },
        ],
      }),
    })
    const { code, out, err } = await cli('ask', 'up', '--hub', hub.url)
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '   1  up{job="shop"}\n0.25  {job="a\\"b\\u001b[31m"}\n',
      err: '',
    })
    expect(hub.arrived.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
      ['/api/v1/query', { query: 'up' }],
    ])
  })

  test('asks for a range from a time on', async () => {
    await using hub = await startAnswers({
      '/api/v1/query_range': success({
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [1_769_860_800, '1'],
              [1_769_860_860, '12'],
            ],
          },
        ],
      }),
    })
    const range = ['--from', '2026-01-31T12:00:00Z', '--to', '2026-01-31T13:00:00Z']
    const { code, out } = await cli('ask', 'sum(up)', ...range, '--hub', hub.url)
    expect({ code, out }).toEqual({
      code: 0,
      out: '{}\n  2026-01-31 12:00:00   1\n  2026-01-31 12:01:00  12\n',
    })
    expect(Object.fromEntries(hub.arrived[0]?.query ?? [])).toEqual({
      query: 'sum(up)',
      start: '1769860800',
      end: '1769864400',
      step: '60',
    })
  })

  test('prints JSON, and notes beside it', async () => {
    const data = { resultType: 'vector', result: [] }
    await using hub = await startAnswers({
      '/api/v1/query': { body: { status: 'success', data, warnings: ['partial'] } },
    })
    expect(await cli('ask', 'up', '--json', '--hub', hub.url)).toMatchObject({
      code: 0,
      out: `${JSON.stringify(data)}\n`,
      err: 'partial\n',
    })
    expect(await cli('ask', 'up', '--hub', hub.url)).toMatchObject({
      code: 0,
      out: '',
      err: 'partial\nNo series.\n',
    })
  })

  test('ends with 1 and the sentence of the hub', async () => {
    await using hub = await startAnswers({
      '/api/v1/query': {
        status: 400,
        body: { status: 'error', errorType: 'bad_data', error: 'parse error:\u001b[2J what' },
      },
    })
    expect(await cli('ask', 'up(', '--hub', hub.url)).toMatchObject({
      code: 1,
      out: '',
      err: 'sightline: parse error: what\n',
    })
  })
})

describe('sightline logs', () => {
  test('prints the newest records, oldest first, page by page', async () => {
    await using hub = await startAnswers({
      '/api/logs': [
        {
          body: {
            logs: [
              log(3, {
                level: 'error',
                traceId: 'abc',
                attributes: {
                  n: 1,
                  text: 'two words',
                  'exception.stacktrace': 'Error: no\n    at a.js:1\n\u001b[2J00:00:00 forged',
                },
              }),
            ],
            next: 'p2',
            complete: true,
          },
        },
        {
          body: {
            logs: [log(2), log(1, { body: 'forged\n00:00 line\u001b[2J' })],
            next: null,
            complete: true,
          },
        },
      ],
    })
    const { code, out } = await cli(
      'logs',
      'level>=info',
      '-health',
      '--limit',
      '1500',
      '--from',
      '2026-01-31T12:00:00Z',
      '--hub',
      hub.url,
    )
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      '12:00:00.001 INFO  shop forged ⏎ 00:00 line',
      '12:00:00.002 INFO  shop message 2',
      '12:00:00.003 ERROR shop message 3 n=1 text="two words" trace=abc',
      '    Error: no',
      '        at a.js:1',
      '    00:00:00 forged',
      '',
    ])
    expect(hub.arrived.map(({ query }) => Object.fromEntries(query))).toEqual([
      { q: 'level>=info -health', from: '1769860800000', limit: '1000' },
      { q: 'level>=info -health', from: '1769860800000', limit: '1000', before: 'p2' },
    ])
  })

  test('says that a search was not finished, and sends the token for reading', async () => {
    await using hub = await startAnswers({
      '/api/logs': { body: { logs: [log(1)], next: 'more', complete: false } },
    })
    const found = await cli('logs', '--json', '--view-token', 'reader', '--token', 'sender', '--hub', hub.url)
    expect(found).toMatchObject({
      code: 0,
      err: 'The search reached its time limit: narrow the query or the time range.\n',
    })
    expect(JSON.parse(found.out)).toEqual(log(1))
    expect(hub.arrived).toMatchObject([{ headers: { authorization: 'Bearer reader' } }])
  })

  test('follows, from the newest record on, until Ctrl-C', async () => {
    await using hub = await startAnswers({
      '/api/logs': [
        { body: { logs: [log(1)], next: null, complete: true } },
        { body: { logs: [], next: null, complete: true } },
        { body: { logs: [log(2), log(3)], next: null, complete: true } },
        { body: { logs: [], next: null, complete: true } },
      ],
    })
    const tail = startCli(['logs', '--follow', '--hub', hub.url])
    await tail.says(/message 1\n[^]*message 2\n[^]*message 3/)
    await hub.has(4)
    tail.kill('SIGINT')
    expect(await tail.ended()).toMatchObject({ code: 0, err: '' })
    expect(hub.arrived.slice(0, 4).map(({ query }) => query.get('after'))).toEqual([null, 'c1', 'c1', 'c3'])
  })
})

describe('sightline trace', () => {
  const span = (spanId: string, parentSpanId: string, start: number, end: number, more: object = {}) => ({
    spanId,
    ...(parentSpanId !== '' && { parentSpanId }),
    name: `span ${spanId}`,
    startTimeUnixNano: String(1_769_860_800_000_000_000n + BigInt(start) * 1_000_000n),
    endTimeUnixNano: String(1_769_860_800_000_000_000n + BigInt(end) * 1_000_000n),
    status: { code: 0 },
    ...more,
  })
  const resourceSpans = (service: string, ...spans: object[]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ spans }],
  })

  test('prints the spans as a tree, with those of a cycle, and the log records', async () => {
    const trace = {
      resourceSpans: [
        resourceSpans('shop', span('1', '', 0, 100), span('4', '5', 90, 95), span('5', '4', 91, 92)),
        resourceSpans(
          'orders',
          span('3', '2', 50, 75),
          span('2', '1', 25, 100, { status: { code: 2, message: 'bro\u001b[2Jken' } }),
        ),
      ],
      logs: { logs: [log(1, { traceId: 'abc' })] },
    }
    await using hub = await startAnswers({ '/api/traces/abc': { body: trace } })
    const { code, out } = await cli('trace', 'abc', '--hub', hub.url)
    expect(code).toBe(0)
    const bar = (from: number, length: number) => `${' '.repeat(from)}${'█'.repeat(length)}`
    expect(out.split('\n')).toEqual([
      `shop span 1        100 ms  ${bar(0, 40)}`,
      `  orders span 2     75 ms  ${bar(10, 30)}  ✗ broken`,
      `    orders span 3   25 ms  ${bar(20, 10)}`,
      `shop span 4          5 ms  ${bar(36, 2)}`,
      `  shop span 5        1 ms  ${bar(36, 1)}`,
      '',
      '12:00:00.001 INFO  shop message 1 trace=abc',
      '',
    ])
  })

  test('ends with 1 for a trace that the hub does not have', async () => {
    await using hub = await startAnswers({})
    expect(await cli('trace', 'abc', '--hub', hub.url)).toMatchObject({
      code: 1,
      err: 'sightline: There is nothing here.\n',
    })
  })
})

describe('the exit code', () => {
  test('is 1 where no hub answers, and where the program that answers is none', async () => {
    expect(await cli('ask', 'up', '--hub', 'http://127.0.0.1:9')).toMatchObject({
      code: 1,
      err: 'sightline: No hub answers at http://127.0.0.1:9: start one with npx sightline, or name it with --hub\n',
    })
    await using page = await startAnswers({ '/api/v1/query': { body: '<html>' } })
    expect(await cli('ask', 'up', '--hub', page.url)).toMatchObject({
      code: 1,
      err: `sightline: The program at ${page.url} is not a hub: name one with --hub\n`,
    })
    await using guarded = await startAnswers({ '/api/v1/query': { status: 401, body: {} } })
    expect(await cli('ask', 'up', '--hub', guarded.url)).toMatchObject({
      code: 1,
      err: 'sightline: The hub needs its token: give it with --view-token\n',
    })
  })

  test.each([
    [['ask'], /^sightline: An expression is missing/],
    [['trace', 'nonsense'], /^sightline: The id of a trace is missing/],
    [['ask', 'up', '--from', 'yesterday'], /^sightline: --from is "yesterday": give a time/],
    [['ask', 'up', '--follow'], /^sightline: --follow is for sightline logs/],
    [['logs', '--follow', '--to', '1m'], /^sightline: --follow does not end/],
    [['run', 'node', 'app.js'], /^sightline: Put -- before the program: sightline run -- node app.js/],
    [['--nonsense'], /^sightline: Unknown option/],
  ])('is 2 for %j', async (args, sentence) => {
    expect(await cli(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(sentence) })
  })

  test('is 0 for help and version', async () => {
    expect(await cli('-h')).toMatchObject({
      code: 0,
      out: expect.stringContaining('sightline run -- node app.js'),
      err: '',
    })
    expect(await cli('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    })
  })

  test('is 0 where the reader of a pipe has had enough', async () => {
    const records = Array.from({ length: 1_000 }, (_, n) => log(n, { body: 'x'.repeat(2_000) }))
    await using hub = await startAnswers({
      '/api/logs': { body: { logs: records, next: null, complete: true } },
    })
    const tail = startCli(['logs', '--limit', '1000', '--hub', hub.url], { closesOutput: true })
    expect(await tail.ended()).toMatchObject({ code: 0, err: '' })
  })
})
