import { expect, test } from '@jest/globals'

import { type HubState, problemsOf } from '../../src/pages/hub/state.ts'

const SOUND: HubState = {
  version: '1.0.0',
  store: { oldest: null, spans: 0, logs: 0, bytes: {}, series: 0, problems: [] },
  queries: { refused: 0, stopped: 0 },
  services: [],
  refused: { requests: [], items: [], lateSamples: 0 },
  durations: { traces: { p95: null }, metrics: { p95: null }, logs: { p95: null }, queries: { p95: null } },
  scrapes: { up: 0, down: 0, unknown: 0 },
  limits: { maxDisk: 1, retention: 1, seriesPerJob: 1 },
  threadDeaths: 0,
}

test('a sound hub has no problems, and another one says what it refused and why', () => {
  expect(problemsOf(SOUND)).toEqual([])
  expect(
    problemsOf({
      ...SOUND,
      store: { ...SOUND.store, problems: ['a.db is damaged and was set aside.'] },
      refused: {
        requests: [{ signal: 'logs', reason: 'too_large', count: 2 }],
        items: [{ signal: 'traces', count: 0 }],
        lateSamples: 7,
      },
      scrapes: { up: 1, down: 1, unknown: 0 },
    }),
  ).toEqual([
    'a.db is damaged and was set aside.',
    '1 scrapes fail now.',
    '2 requests with logs were refused: too large.',
    '7 samples were refused, because newer ones of their series were stored.',
  ])
})
