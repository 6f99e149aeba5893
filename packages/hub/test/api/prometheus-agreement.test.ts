import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SelectedSeries } from '@sightline/promql'
import { type PrometheusServer, remoteWrite, startPrometheus } from '@sightline/servers'

import { apiOverSeries } from './api-over.ts'
import { type ApiServer, serveApi } from './api-server.ts'

/** When the samples begin, in seconds since 1970. */
const BEGIN = 1_700_000_000

function counter(labels: Record<string, string>, step: number): SelectedSeries {
  return {
    labels: { __name__: 'requests_total', ...labels },
    times: Float64Array.from({ length: 60 }, (_, index) => (BEGIN + index * 15) * 1000),
    values: Float64Array.from({ length: 60 }, (_, index) => index * step),
  }
}

const SERIES = [
  counter({ job: 'shop', instance: 'b', le: '1' }, 3),
  counter({ job: 'shop', instance: 'a' }, 5),
  counter({ job: 'mail', instance: 'a', route: 'ä "quoted" \\ text' }, 1),
  {
    labels: { __name__: 'up', job: 'shop', instance: 'a' },
    times: Float64Array.of(BEGIN * 1000, (BEGIN + 60) * 1000, (BEGIN + 4000) * 1000),
    values: Float64Array.of(1, 0, 1),
  },
]

let prometheus: PrometheusServer
let stored: Awaited<ReturnType<typeof apiOverSeries>>
let server: ApiServer

beforeAll(async () => {
  prometheus = await startPrometheus([], { remoteWrite: true })
  await remoteWrite(prometheus.url, SERIES)
  stored = await apiOverSeries({ series: SERIES })
  server = await serveApi(stored.api)
})

afterAll(async () => {
  await server.close()
  await stored.remove()
  await prometheus.stop()
})

type Parameters = Readonly<Record<string, string | readonly string[]>>

async function answers(path: string, parameters: Parameters, method = 'GET') {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    for (const each of [value].flat()) form.append(name, each)
  return Promise.all(
    [server.url, prometheus.url].map(async (url) => {
      const response = await fetch(
        `${url}/api/v1/${path}${method === 'GET' ? `?${form}` : ''}`,
        method === 'GET' ? {} : { method, body: form },
      )
      const body: unknown = await response.json()
      return { status: response.status, body }
    }),
  )
}

const t = (seconds: number) => String(BEGIN + seconds)
const range = { start: t(0), end: t(600), step: '60' }

describe.each<[string, readonly Parameters[]]>([
  [
    'query',
    [
      { query: 'requests_total', time: t(300) },
      { query: 'sum by (job) (rate(requests_total[2m]))', time: t(300) },
      { query: 'requests_total[1m]', time: t(300) },
      { query: '1 + 1', time: '12.3456789' },
      { query: '"text"', time: '1e3' },
      { query: 'up', time: '2023-11-14T22:14:20Z' },
      { query: 'up', time: '2023-11-14T23:14:20.5+01:00' },
      { query: 'up', time: t(300), timeout: '1m30s' },
      { query: '1', time: '-5' },
      {},
      { query: 'up{', time: t(0) },
      { query: 'rate(up)', time: t(0) },
      { query: 'label_replace(up, "0", "", "", "")', time: t(0) },
      { query: 'requests_total + on (job) requests_total', time: t(300) },
      { query: '1', time: 'x' },
      { query: '1', time: '2020-01-01' },
      { query: '1', time: '2020-13-01T00:00:00Z' },
      { query: '1', time: '2020-02-30T00:00:00Z' },
      { query: '1', time: '2020-01-01T24:00:00Z' },
      { query: '1', timeout: 'x' },
      { query: '1', time: '', timeout: 'y' },
    ],
  ],
  [
    'query_range',
    [
      { query: 'requests_total', ...range },
      { query: 'sum(rate(requests_total[1m]))', start: t(0), end: t(600), step: '1m30s' },
      { query: '1', start: '1.0005', end: '3.9', step: '0.5' },
      { query: 'vector(1)', start: '2023-11-14T22:14:20Z', end: '2023-11-14T22:15:20Z', step: '15s' },
      { query: '1' },
      { query: '1', start: t(0) },
      { query: '1', start: t(0), end: 'x' },
      { query: '1', start: t(1), end: t(0) },
      { query: '1', start: t(0), end: t(1) },
      { query: '1', start: t(0), end: t(1), step: 'x' },
      { query: '1', start: t(0), end: t(1), step: '1e400' },
      { query: '1', start: t(0), end: t(1), step: '0' },
      { query: '1', start: t(0), end: t(1), step: '-1' },
      { query: '1', start: t(0), end: t(11_001), step: '1' },
      { query: '1', start: t(0), end: t(1), step: '1', timeout: 'y' },
      { query: 'up[5m]', ...range },
      { query: 'up{', ...range },
    ],
  ],
  [
    'series',
    [
      { 'match[]': 'requests_total' },
      { 'match[]': ['up', 'requests_total{job="shop"}', '{job="shop"}'] },
      { 'match[]': 'up', start: t(3000), end: t(4000) },
      { 'match[]': 'nothing' },
      {},
      { 'match[]': 'up{' },
      { 'match[]': '{}' },
      { 'match[]': '{a=~".*"}' },
      { 'match[]': 'up', start: 'x' },
      { 'match[]': 'up', end: 'x' },
      { 'match[]': ['up', 'a{'] },
    ],
  ],
  [
    'labels',
    [
      {},
      { 'match[]': 'up' },
      { 'match[]': ['up', '{route!=""}'], start: t(0), end: t(100) },
      { start: 'x' },
      { end: 'x' },
      { 'match[]': 'up{' },
      { 'match[]': '{}' },
    ],
  ],
  ['label/job/values', [{}, { 'match[]': 'up' }, { 'match[]': 'up{' }, { end: 'z' }]],
  ['label/__name__/values', [{}]],
  ['label/route/values', [{}]],
  ['label/0x/values', [{}]],
  ['metadata', [{}, { metric: 'nope' }, { limit: 'x' }, { limit: '-1' }]],
  [
    'query_exemplars',
    [
      { query: 'up' },
      {},
      { query: 'up{' },
      { query: 'up', start: 'x' },
      { query: 'up', end: 'x' },
      { query: 'up', start: t(5), end: t(1) },
    ],
  ],
  ['rules', [{}, { type: 'alert' }, { type: 'record' }, { type: 'x' }]],
  ['alerts', [{}]],
  ['targets', [{}, { state: 'active' }, { state: 'dropped' }, { state: 'any' }]],
])('%s', (path, all) => {
  test.each(all.map((parameters) => [parameters]))('answers %j as Prometheus does', async (parameters) => {
    const [ours, theirs] = await answers(path, parameters)
    expect(ours).toEqual(theirs)
  })
})

test.each(['up + 1', 'up offset 5m', 'up[', 'up[5m]', '1'])(
  'refuses %s as a selector in other words than Prometheus',
  async (selector) => {
    const [ours, theirs] = await answers('series', { 'match[]': selector })
    expect(theirs).toMatchObject({ status: 400, body: { errorType: 'bad_data' } })
    expect(ours).toMatchObject({
      status: 400,
      body: {
        errorType: 'bad_data',
        error: expect.stringMatching(/^invalid parameter "match\[\]": 1:\d: parse error: /),
      },
    })
  },
)

describe('a form', () => {
  test.each(['query', 'query_range', 'query_exemplars', 'series', 'labels'])(
    'is read by %s',
    async (path) => {
      const [ours, theirs] = await answers(
        path,
        { query: 'up', 'match[]': 'up', ...range, time: t(60) },
        'POST',
      )
      expect(ours).toEqual(theirs)
      expect(ours?.status).toBe(200)
    },
  )

  test('is preferred to the query', async () => {
    const [ours, theirs] = await Promise.all(
      [server, prometheus].map(async ({ url }) => {
        const response = await fetch(`${url}/api/v1/query?query=2&time=5`, {
          method: 'POST',
          body: new URLSearchParams({ query: '1' }),
        })
        return response.json()
      }),
    )
    expect(ours).toEqual(theirs)
  })

  test.each([
    ['PUT', 'query'],
    ['POST', 'metadata'],
    ['POST', 'label/job/values'],
  ])('with %s is not allowed for %s', async (method, path) => {
    const statuses = await Promise.all(
      [server, prometheus].map(async ({ url }) => (await fetch(`${url}/api/v1/${path}`, { method })).status),
    )
    expect(statuses).toEqual([405, 405])
  })
})
