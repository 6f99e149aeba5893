import { afterEach, expect, test } from '@jest/globals'

import { createQueries, type Queries } from '../../src/query/queries.ts'

const MODULE = new URL('../fixtures/scripted-store.ts', import.meta.url).href

const opened: Queries[] = []

function queriesWith(options: Partial<Parameters<typeof createQueries>[0]> = {}): Queries {
  const queries = createQueries({ store: { module: MODULE, options: {} }, threads: 1, ...options })
  opened.push(queries)
  return queries
}

afterEach(async () => {
  for (const queries of opened.splice(0)) await queries.close()
})

const seven = { resultType: 'vector', result: [{ metric: { __name__: 'up' }, value: [1, '7'] }] }

test('answers PromQL in a thread, as a value and as JSON', async () => {
  const queries = queriesWith()
  await expect(queries.promql.instant({ query: 'up', time: 1000 })).resolves.toEqual(seven)
  const bytes = await queries.json('instant', { query: 'up', time: 1000 })
  expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(seven)
  await expect(queries.promql.metadata({})).resolves.toEqual(
    new Map([['up', { type: 'gauge', help: '', unit: '' }]]),
  )
})

test('fails with the words of Prometheus', async () => {
  const queries = queriesWith()
  await expect(queries.promql.instant({ query: 'up{', time: 1000 })).rejects.toMatchObject({
    status: 400,
    errorType: 'bad_data',
    message: '1:4: parse error: unexpected end of input inside braces',
  })
  await expect(queries.promql.instant({ query: 'up == on () group_left up', time: 1000 })).resolves.toEqual({
    resultType: 'vector',
    result: [{ metric: { __name__: 'up' }, value: [1, '7'] }],
  })
  await expect(
    queries.promql.instant({ query: 'label_replace(up, "0", "", "", "")', time: 1000 }),
  ).rejects.toMatchObject({ status: 422, errorType: 'execution' })
})

test('refuses a query that is too long to be parsed', async () => {
  const queries = queriesWith()
  await expect(queries.promql.instant({ query: `up + ${'1'.repeat(8192)}`, time: 0 })).rejects.toMatchObject({
    status: 400,
    message: 'the query is longer than 8192 bytes',
  })
  const match = Array.from({ length: 1000 }, (_, index) => `series_${index}`)
  await expect(queries.promql.series({ match, start: 0, end: 1 })).rejects.toMatchObject({ status: 400 })
})

test('gives a search the time that its query has left', async () => {
  const queries = queriesWith()
  const page = await queries.reader.logs({ where: { kind: 'all', of: [] }, from: 0n, to: 1n, limit: 1 })
  expect(page.next).toBe('true')
})

test('keeps a thread whose query fails', async () => {
  const queries = queriesWith()
  await expect(queries.reader.trace({ traceId: 'failing' })).rejects.toMatchObject({
    status: 500,
    message: 'The query failed: the disk is gone',
  })
  await expect(queries.reader.trace({ traceId: 'any' })).resolves.toEqual([])
  expect(queries.state().stopped).toBe(0)
})

test('runs as many queries at a time as it has threads, the others in the order in which they came', async () => {
  const queries = queriesWith({ threads: 2 })
  const ended: number[] = []
  const all = [0, 1, 2, 3, 4].map(async (each) => {
    await queries.promql.instant({ query: 'up', time: 1000 })
    ended.push(each)
  })
  expect(queries.state()).toMatchObject({ threads: 2, running: 2, waiting: 3 })
  await Promise.all(all)
  expect(new Set(ended)).toEqual(new Set([0, 1, 2, 3, 4]))
  expect(queries.state()).toMatchObject({ running: 0, waiting: 0 })

  const single = queriesWith()
  const inOrder: number[] = []
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (each) => {
      await single.promql.instant({ query: 'up', time: 1000 })
      inOrder.push(each)
    }),
  )
  expect(inOrder).toEqual([0, 1, 2, 3, 4])
})

test('refuses a query that finds the queue full', async () => {
  const queries = queriesWith({ queue: 1 })
  const first = queries.promql.instant({ query: 'up', time: 1000 })
  const second = queries.promql.instant({ query: 'up', time: 1000 })
  await expect(queries.promql.instant({ query: 'up', time: 1000 })).rejects.toMatchObject({
    status: 503,
    errorType: 'unavailable',
    message: 'The hub has 1 queries waiting; try again later',
  })
  await expect(Promise.all([first, second])).resolves.toEqual([seven, seven])
  expect(queries.state().refused).toBe(1)
})

test('frees its thread when the client goes', async () => {
  const queries = queriesWith()
  const leaving = new AbortController()
  const query = queries.promql.instant({ query: 'patient', time: 1000 }, { signal: leaving.signal })
  const waiting = queries.promql.instant({ query: 'up', time: 1000 })
  leaving.abort()
  await expect(query).rejects.toMatchObject({ status: 503, errorType: 'canceled' })
  await expect(waiting).resolves.toEqual(seven)
  expect(queries.state().stopped).toBe(0)
})

test('forgets a waiting query when its client goes', async () => {
  const queries = queriesWith()
  const leaving = new AbortController()
  const running = queries.promql.instant({ query: 'up', time: 1000 })
  const waiting = queries.promql.instant({ query: 'up', time: 1000 }, { signal: leaving.signal })
  leaving.abort()
  expect(queries.state()).toMatchObject({ running: 1, waiting: 0 })
  await expect(waiting).rejects.toMatchObject({ errorType: 'canceled' })
  await expect(running).resolves.toEqual(seven)
  await expect(
    queries.promql.instant({ query: 'up', time: 1000 }, { signal: leaving.signal }),
  ).rejects.toMatchObject({ errorType: 'canceled' })
})

test('stops a query that overruns its time, and goes on with a new thread', async () => {
  const queries = queriesWith({ searchMs: 100, graceMs: 100 })
  const overrun = queries.reader.trace({ traceId: 'busy' })
  const next = queries.promql.instant({ query: 'up', time: 1000 })
  await expect(overrun).rejects.toMatchObject({
    status: 504,
    errorType: 'timeout',
    message: 'The query took too long and was stopped',
  })
  await expect(next).resolves.toEqual(seven)
  expect(queries.state()).toMatchObject({ stopped: 1, running: 0, waiting: 0 })
})

test('fails a query whose time has passed while it waited', async () => {
  const queries = queriesWith({ searchMs: 100, graceMs: 100 })
  const busy = queries.reader.trace({ traceId: 'busy' }).catch(() => {})
  await expect(queries.promql.instant({ query: 'up', time: 1000 }, { timeoutMs: 1 })).rejects.toMatchObject({
    status: 503,
    errorType: 'timeout',
    message: 'query timed out in query queue',
  })
  await busy
})

test('goes on after a thread that crashed or ran out of memory', async () => {
  const queries = queriesWith({ memoryMb: 32 })
  await expect(queries.reader.trace({ traceId: 'crash' })).rejects.toMatchObject({
    status: 500,
    message: 'The query thread failed: crashed',
  })
  await expect(queries.reader.trace({ traceId: 'memory' })).rejects.toMatchObject({
    status: 422,
    message: 'The query needs more than 32 MB of memory',
  })
  await expect(queries.reader.trace({ traceId: 'any' })).resolves.toEqual([])
})

test('says why the store of a thread cannot be opened', async () => {
  const queries = queriesWith({ store: { module: MODULE, options: { fails: true } } })
  await expect(queries.reader.trace({ traceId: 'any' })).rejects.toMatchObject({
    status: 500,
    message: 'The query thread failed: the folder is missing',
  })
})

test('fails running and waiting queries when it is closed', async () => {
  const queries = queriesWith()
  const running = queries.promql.instant({ query: 'patient', time: 1000 })
  const waiting = queries.promql.instant({ query: 'up', time: 1000 })
  const ended = Promise.allSettled([running, waiting])
  await queries.close()
  for (const { status, ...rest } of await ended) {
    expect(status).toBe('rejected')
    expect(rest).toMatchObject({ reason: { status: 503, message: 'The hub is stopping' } })
  }
  await expect(queries.promql.instant({ query: 'up', time: 1000 })).rejects.toMatchObject({ status: 503 })
})
