import { expect, test } from '@jest/globals'

import { deploymentsOf } from '../../src/api/deployments.ts'
import { exemplarsOf } from '../../src/api/exemplars.ts'

const grid = { start: 1_000_000, step: 1_000, count: 6 }
const version = (of: string, values: ReadonlyArray<number | null>, job = 'payments') => ({
  labels: { job, version: of },
  values,
})

test('finds a version that begins beside or in place of another one', () => {
  const lines = [
    version('1.4.1', [2, 2, 1, 1, 1, 2]),
    version('1.4.2', [null, null, 1, 1, 1, null]),
    version('3.1.4', [2, 2, 2, 2, 2, 2], 'orders'),
  ]
  expect(deploymentsOf({ grid, lines })).toEqual([
    { time: 1_002_000, service: 'payments', version: '1.4.2', replaced: '1.4.1' },
  ])
})

test('finds a version that comes back', () => {
  const lines = [version('1', [2, 2, null, null, 2, 2]), version('2', [null, null, 2, 2, null, null])]
  expect(deploymentsOf({ grid, lines }).map(({ version: of, time }) => [of, time])).toEqual([
    ['2', 1_002_000],
    ['1', 1_004_000],
  ])
})

test('takes neither the first version of a service nor the end of a gap for a deployment', () => {
  expect(deploymentsOf({ grid, lines: [version('1', [null, 1, 1, null, 1, 1])] })).toEqual([])
  const both = [null, 1, 1, null, 1, 1]
  expect(deploymentsOf({ grid, lines: [version('1', both), version('2', both)] })).toEqual([])
  expect(deploymentsOf(undefined)).toEqual([])
})

test('keeps the slowest exemplar of each part of the time, and the slowest that failed', () => {
  const exemplar = (seconds: number, at: number, trace = `t${seconds}`) => ({
    labels: { trace_id: trace, span_id: 's' },
    value: String(seconds),
    timestamp: at,
  })
  const found = {
    data: [
      {
        seriesLabels: { http_response_status_code: '200' },
        exemplars: [exemplar(0.1, 1_000), exemplar(0.4, 1_000.05), exemplar(0.2, 1_004), exemplar(9, 999)],
      },
      {
        seriesLabels: { http_response_status_code: '500' },
        exemplars: [exemplar(0.3, 1_000.02), { labels: {}, value: '5', timestamp: 1_001 }],
      },
      { seriesLabels: { status_code: 'STATUS_CODE_ERROR' }, exemplars: [exemplar(2, 1_003)] },
    ],
  }
  expect(exemplarsOf(found, grid).map(({ traceId, failed }) => [traceId, failed])).toEqual([
    ['t0.4', false],
    ['t0.2', false],
    ['t0.3', true],
    ['t2', true],
  ])
})
