import { expect, it, jest } from '@jest/globals'

import { createStats } from '../src/stats.ts'
import { record } from './record.ts'

it('tells rate, ratios, percentiles and Apdex, overall and by route', () => {
  const { sink, stats } = createStats({ service: 's', windowSeconds: 60, apdexMs: 100 })
  for (let ms = 1; ms <= 1_000; ms++) {
    sink.begin?.('GET', 'http')
    sink.write(record({ durationMs: ms, status: ms > 900 ? 500 : 200, route: '/r' }))
  }
  sink.begin?.('GET', 'http')
  sink.begin?.('GET', 'http')
  sink.write(record({ durationMs: 1, outcome: 'aborted', status: undefined, route: undefined }))
  const figures = stats()
  expect(figures).toMatchObject({
    requests: 1_001,
    inProgress: 1,
    max: 1_000,
    errorRatio: 0.0999,
    abortRatio: 0.001,
  })
  expect(figures.p50).toBeGreaterThan(470)
  expect(figures.p50).toBeLessThan(530)
  expect(figures.p95).toBeGreaterThan(900)
  expect(figures.p99).toBeLessThanOrEqual(1_000)
  // 101 within 100 ms, 300 within 400 ms, the rest slower or failed.
  expect(figures.apdex).toBeCloseTo((101 + 300 / 2) / 1_001, 3)
  expect(Object.keys(figures.routes)).toEqual(['GET /r'])
})

it('takes for an error what the log calls a failure', () => {
  const { sink, stats } = createStats({ service: 's', windowSeconds: 60, apdexMs: 100 })
  const error = new Error('thrown')
  sink.write(record())
  sink.write(record({ outcome: 'broken' }))
  sink.write(record({ error }))
  sink.write(record({ status: 404, error }))
  expect(stats()).toMatchObject({ errorRatio: 0.5, abortRatio: 0, apdex: 0.5 })
})

it('forgets what is older than the window', () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(0)
  const { sink, stats } = createStats({ service: 's', windowSeconds: 60, apdexMs: 100 })
  sink.write(record({ durationMs: 5 }))
  now.mockReturnValue(59_000)
  expect(stats().requests).toBe(1)
  now.mockReturnValue(61_000)
  sink.write(record({ durationMs: 7 }))
  expect(stats()).toMatchObject({ requests: 1, max: 7 })
  now.mockReturnValue(10_000_000)
  expect(stats()).toMatchObject({ requests: 0, p50: null, apdex: null })
  now.mockRestore()
})

it('keeps a bounded number of routes', () => {
  const { sink, stats } = createStats({ service: 's', windowSeconds: 60, apdexMs: 100 })
  for (let i = 0; i < 10_000; i++) sink.write(record({ route: `/r${i}` }))
  expect(Object.keys(stats().routes).length).toBeLessThanOrEqual(250)
  expect(stats().requests).toBe(10_000)
})
