import { expect, test } from '@jest/globals'

import { spanColumns } from './requests.ts'
import { createStages, NOW } from './stages.ts'

const SERVER = 2

test('spans become calls and durations with the labels of their service, name, kind, status and route', () => {
  const { thread, write, writer } = createStages()
  const service = { 'service.name': 'orders', 'service.namespace': 'shop', 'service.instance.id': 'a1' }
  const span = { name: 'GET /orders/:id', kind: SERVER, attributes: { 'http.route': '/orders/:id' } }
  thread().spans(
    spanColumns(service, [
      { ...span, ms: 30 },
      { ...span, ms: 3 },
      { ...span, ms: 90_000, status: 2 },
    ]),
  )
  const now = write()
  const labels = {
    job: 'shop/orders',
    instance: 'a1',
    span_name: 'GET /orders/:id',
    span_kind: 'SPAN_KIND_SERVER',
    status_code: 'STATUS_CODE_UNSET',
    http_route: '/orders/:id',
  }
  const samples = (name: string, more = {}) =>
    writer.find({ ...labels, __name__: `traces_spanmetrics_${name}`, ...more })?.samples
  // A sample of 0 comes first, so that the first increase counts.
  expect(samples('calls_total')).toEqual([
    { time: now - 15_000, value: 0 },
    { time: now, value: 2 },
  ])
  expect(samples('duration_seconds_count')?.at(-1)?.value).toBe(2)
  expect(samples('duration_seconds_sum')?.at(-1)?.value).toBeCloseTo(0.033)
  const bucket = (le: string, more = {}) => samples('duration_seconds_bucket', { le, ...more })?.at(-1)?.value
  expect(['0.001', '0.005', '0.025', '0.05', '10', '+Inf'].map((le) => bucket(le))).toEqual([
    0, 1, 1, 2, 2, 2,
  ])
  const failed = { status_code: 'STATUS_CODE_ERROR' }
  expect(samples('calls_total', failed)?.at(-1)?.value).toBe(1)
  expect(['60', '+Inf'].map((le) => bucket(le, failed))).toEqual([0, 1])
  expect(writer.metadataOf.get('traces_spanmetrics_duration_seconds')).toMatchObject({ type: 'histogram' })
})

test('counters accumulate over all threads and deltas', () => {
  const { thread, write, samples, writer } = createStages(2)
  thread(0).spans(spanColumns('a', [{}, {}]))
  thread(1).spans(spanColumns('a', [{}]))
  const first = write()
  thread(1).spans(spanColumns('a', [{}]))
  const second = write()
  const third = write()
  expect(samples({ __name__: 'traces_spanmetrics_calls_total' })).toEqual([
    { time: first - 15_000, value: 0 },
    { time: first, value: 3 },
    { time: second, value: 4 },
    { time: third, value: 4 },
  ])
  expect(writer.counts.outOfOrder).toBe(0)
})

test('the first sample of a new counter comes after the samples that were written before', () => {
  const { thread, write, samples } = createStages()
  thread().spans(spanColumns('a', [{}]))
  const first = write()
  thread().spans(spanColumns('a', [{ status: 2 }]))
  const second = write()
  expect(samples({ __name__: 'traces_spanmetrics_calls_total', status_code: 'STATUS_CODE_ERROR' })).toEqual([
    { time: first + 1, value: 0 },
    { time: second, value: 1 },
  ])
})

test('a series without growth ends after an hour, and begins again at 0', () => {
  const { thread, write, samples, writer } = createStages()
  const name = { __name__: 'traces_spanmetrics_calls_total' }
  thread().spans(spanColumns('a', [{}]))
  write()
  const end = write(3_600_000)
  expect(samples(name)?.at(-1)).toEqual({ time: end, value: 'stale' })
  thread().spans(spanColumns('a', [{ start: end }]))
  const again = write()
  expect(samples(name)?.slice(-2)).toEqual([
    { time: end + 1, value: 0 },
    { time: again, value: 1 },
  ])
  expect(writer.counts.outOfOrder).toBe(0)
})

test.each([
  ['ot=th:8', 2],
  ['ot=th:c', 4],
  ['ot=th:0', 1],
  ['vendor=x, ot=rv:1234;th:fd70a3d70a3d71', 100],
  ['ot=th:ffffffffffffff', 2 ** 56],
  ['ot=p:3', 8],
  ['ot=p:0;r:5', 1],
  ['ot=p:63', 1],
  ['ot=th:xyz', 1],
  ['not=th:8', 1],
  ['', 1],
])('a sampled span with the tracestate %j counts as %d', (traceState, weight) => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('a', [{ traceState, ms: 1_000 }]))
  write()
  for (const name of ['calls_total', 'duration_seconds_sum', 'duration_seconds_count']) {
    const { '': value } = values(`traces_spanmetrics_${name}`)
    expect(typeof value === 'number' && value / weight).toBeCloseTo(1, 6)
  }
})

test('the slowest span of each delta is an exemplar of its bucket', () => {
  const { thread, write, writer } = createStages()
  thread().spans(spanColumns('a', [{ ms: 20 }, { ms: 30, start: NOW }, { ms: 4 }]))
  write()
  const shown = writer.written.flatMap(({ labels, exemplars }) =>
    exemplars.map((each) => [labels['le'], each]),
  )
  const labels = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: '0000000000000002' }
  expect(shown).toEqual([['0.05', { labels, value: 0.03, time: NOW + 30 }]])
})

test('a span that ends before it starts, or lasts for months, has the duration 0', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('a', [{ ms: -5 }, { ms: 1e10 }]))
  write()
  expect(values('traces_spanmetrics_duration_seconds_sum')).toEqual({ '': 0 })
})

test('a job that makes up names of spans has a limit, and other jobs keep theirs', () => {
  const { thread, write, values } = createStages()
  thread().spans(
    spanColumns(
      'wild',
      Array.from({ length: 700 }, (_, n) => ({ name: `GET /users/${n}` })),
    ),
  )
  thread().spans(spanColumns('calm', [{ name: 'tick' }]))
  write()
  const calls = values('traces_spanmetrics_calls_total', 'job', 'span_name')
  expect(Object.keys(calls)).toHaveLength(502)
  expect(calls['wild _OTHER']).toBe(200)
  expect(calls['calm tick']).toBe(1)
})
