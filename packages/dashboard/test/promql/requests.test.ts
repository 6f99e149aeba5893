import { describe, expect, test } from '@jest/globals'
import { parse } from '@sightline/promql'

import type { Api } from '../../src/api/api.ts'
import { requestQueries, routeLabels, type Source, sourceOf } from '../../src/promql/requests.ts'
import { RESOURCES, resourceQuery } from '../../src/promql/resources.ts'
import { partOf, together } from '../../src/promql/together.ts'

const HOSTILE = 'a"} or vector(1) # \\ \n $@'

/** A hub that has series of some names. */
function hubWith(names: readonly string[]): Api & { readonly queries: string[] } {
  const queries: string[] = []
  return {
    queries,
    // The test answers with the shape that the caller asks for.
    get: async <T>(_path: string, params: Readonly<Record<string, unknown>> = {}) => {
      const query = String(params['query'])
      queries.push(query)
      const metrics = query.startsWith('count by (__name__)')
        ? names.map((name) => ({ __name__: name }))
        : ['0.5', '+Inf', '0.1', '2.5', '1'].map((le) => ({ le }))
      return { data: { result: metrics.map((metric) => ({ metric, value: [0, '1'] })) } } as T
    },
    send: () => Promise.reject(new Error('nothing is sent')),
  }
}

const otel = async () => {
  const source = await sourceOf(hubWith(['http_server_request_duration_seconds_count']), 'shop', {
    from: 0,
    to: 1,
  })
  if (source === null) throw new Error('no source')
  return source
}

describe('metrics of requests', () => {
  test('prefers own metrics of a service to spans', async () => {
    const hub = hubWith(['traces_spanmetrics_calls_total', 'http_requests_total'])
    const source = await sourceOf(hub, 'shop', { from: 0, to: 3_600_000 })
    expect(source).toMatchObject({ count: 'http_requests_total', bounds: ['0.1', '0.5', '1', '2.5'] })
    expect(hub.queries[0]).toContain('[3600s]')
    expect(await sourceOf(hubWith([]), 'shop', { from: 0, to: 1 })).toBeNull()
  })

  test('counts by the counter of the kit where its histogram does not tell how requests ended', async () => {
    const hub = hubWith(['http_server_request_duration_seconds_count', 'http_server_requests_total'])
    const source = await sourceOf(hub, 'shop', { from: 0, to: 1 })
    expect(source).toMatchObject({
      count: 'http_server_requests_total',
      duration: 'http_server_request_duration_seconds',
    })
  })

  test.each([
    'http_server_requests_total',
    'http_server_request_duration_seconds_count',
    'http_requests_total',
    'traces_spanmetrics_calls_total',
  ])('makes valid expressions of %s, whatever the name of the service is', async (count) => {
    const source = await sourceOf(hubWith([count]), HOSTILE, { from: 0, to: 1 })
    const queries = requestQueries(source as Source, HOSTILE, '120s')
    const by = routeLabels(source as Source)
    for (const text of [
      queries.rate(),
      queries.errorRatio(by),
      queries.quantile(0.95),
      queries.share(by),
      queries.apdex(0.5, by) ?? '',
      queries.time,
      queries.buckets,
      together({ rate: queries.rate(by), errors: queries.errorRatio(by) }),
    ])
      expect(() => parse(text)).not.toThrow()
  })

  test('interpolates Apdex between the bounds of the histogram', async () => {
    const apdex = requestQueries(await otel(), 'shop', '120s').apdex(0.5, ['http_route']) ?? ''
    expect(apdex).toContain('le="0.5"')
    // Four times the target is two thirds of the way from 1 to 2.5.
    expect(apdex).toMatch(/le="1"[^*]+\* 0\.33333.*le="2\.5"[^*]+\* 0\.66666/)
  })

  test('has no Apdex where the histogram ends before four times the target', async () => {
    expect(requestQueries(await otel(), 'shop', '120s').apdex(1, ['http_route'])).toBeUndefined()
  })
})

test('finds the lines of one of several expressions again, and those of the earlier range', () => {
  const grid = { start: 0, step: 1, count: 1 }
  const line = (figure: string) => ({ labels: { figure }, values: [1] })
  const found = { grid, lines: [line('a'), line('b')], before: [line('b'), line('a')] }
  expect(partOf(found, 'a')).toEqual({ grid, lines: [line('a')], before: [line('a')] })
})

test.each([true, false])(
  'asks for resources in one valid expression that the hub takes (of hosts: %p)',
  (ofHost) => {
    const text = resourceQuery(HOSTILE, '120s', ofHost)
    expect(() => parse(text)).not.toThrow()
    expect(resourceQuery('a'.repeat(100), '120s', ofHost).length).toBeLessThan(8_192)
    for (const { key, isHost = false } of RESOURCES)
      expect(text.includes(`"figure", "${key}"`)).toBe(isHost === ofHost)
  },
)
