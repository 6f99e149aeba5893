import { describe, expect, test } from '@jest/globals'

import { createApi } from '../../src/api/api.ts'
import { QueryError } from '../../src/query/query-error.ts'
import { partsOver } from './api-over.ts'
import { recorded } from './recorded-api.ts'

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

test.each([
  [new QueryError('unavailable', 'The hub is stopping'), 503, '1'],
  [new QueryError('timeout', 'The query took too long and was stopped', 504), 504, undefined],
  [new Error('out of luck'), 500, undefined],
])('%s is an answer', async (error, status, retryAfter) => {
  const { queries, ...parts } = partsOver({})
  const failing = async (): Promise<never> => {
    throw error
  }
  const api = createApi({ ...parts, queries: { ...queries, json: failing } })
  const signal = new AbortController().signal
  const answer = await api({
    method: 'GET',
    path: '/api/logs',
    query: new URLSearchParams(),
    headers: {},
    signal,
  })
  expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/json' } })
  expect(answer.headers?.['retry-after']).toBe(retryAfter)
  expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({
    error: error instanceof QueryError ? error.message : 'The query failed: out of luck',
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
