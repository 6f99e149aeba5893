import { describe, expect, test } from '@jest/globals'

import type { Signal } from '../../src/ingest/ingest.ts'
import { createActivity } from '../../src/own/activity.ts'
import { receivedState } from '../../src/own/hub-state.ts'

const BEGUN = 1_769_860_800_000

/** An activity with a clock that is set by hand, in seconds since the start of the hub. */
function started() {
  let seconds = 0
  const activity = createActivity(() => BEGUN + seconds * 1_000)
  return {
    activity,
    at: (time: number) => void (seconds = time),
    store: (job: string, items: number, signal: Signal = 'traces', aheadMs?: number) =>
      activity.stored([{ signal, job, items, ...(aheadMs !== undefined && { aheadMs }) }]),
    of: (name: string) => activity.services().find((service) => service.name === name),
  }
}

describe('the rates of a service', () => {
  test('are those of the last minute, by signal', () => {
    const { at, store, of } = started()
    for (let second = 0; second < 600; second++) {
      at(second)
      store('shop', second < 300 ? 1_000 : 20)
      if (second % 10 === 0) store('shop', 30, 'metrics')
    }
    at(599.999)
    expect(of('shop')).toMatchObject({ spans: expect.closeTo(20, 0), logs: 0, points: expect.closeTo(3, 0) })
    at(670)
    expect(of('shop')).toMatchObject({ spans: 0, points: 0, lastSeen: BEGUN + 599_000 })
  })

  test('are of the time since the start of a hub that is younger than a minute', () => {
    const { at, store, of } = started()
    for (let second = 0; second < 10; second++) {
      at(second)
      store('shop', 7)
    }
    at(10)
    expect(of('shop')).toMatchObject({ spans: 7 })
  })

  test('bear a clock that is set back', () => {
    const { at, store, of } = started()
    at(1_000)
    store('shop', 60)
    at(100)
    store('shop', 60)
    expect(of('shop')?.spans).toBeGreaterThan(1)
  })
})

test('the clock of a service is as far ahead as its newest item of the last minutes', () => {
  const { at, store, of } = started()
  for (const aheadMs of [-5_000, -100, -30_000]) store('shop', 1, 'logs', aheadMs)
  store('fast', 1, 'logs', 90_000)
  store('scraped', 1, 'metrics')
  expect(of('shop')?.clockSkewSeconds).toBe(-0.1)
  expect(of('fast')?.clockSkewSeconds).toBe(90)
  expect(of('scraped')?.clockSkewSeconds).toBeNull()
  at(130)
  store('shop', 1, 'logs', -2_000)
  at(250)
  expect(of('shop')?.clockSkewSeconds).toBe(-2)
  at(400)
  expect(of('shop')?.clockSkewSeconds).toBeNull()
})

test('of too many services the one that was seen longest ago is forgotten', () => {
  const { activity, store, of } = started()
  for (let number = 0; number < 1_000; number++) store(`service-${number}`, 1)
  store('service-0', 1)
  store('one-more', 1)
  expect(activity.services()).toHaveLength(1_000)
  expect(of('service-1')).toBeUndefined()
  expect(of('service-0')).toMatchObject({ name: 'service-0', lastSeen: BEGUN })
})

test('durations are quantiles of the latest ones', () => {
  const { activity, at } = started()
  for (let number = 1; number <= 3_000; number++) activity.queried(number / 1_000)
  activity.answered('logs', 0.25)
  const nothing = { p50: null, p95: null }
  expect(activity.durations()).toEqual({
    // Of 1,977 to 3,000.
    queries: { p50: expect.closeTo(2.488, 6), p95: expect.closeTo(2.949, 6) },
    logs: { p50: 0.25, p95: 0.25 },
    traces: nothing,
    metrics: nothing,
  })
  at(301)
  expect(activity.durations().queries).toEqual(nothing)
})

test('services have their series and what is refused of them, also those that have sent nothing yet', () => {
  const { activity, store, at } = started()
  at(10)
  store('cart', 10)
  store('shop', 20)
  const state = receivedState({
    activity,
    refusals: () => ({ requests: [{ signal: 'logs', reason: 'disk_full', count: 2 }], items: [] }),
    series: () => ({
      samples: 9,
      outOfOrder: 4,
      overLimit: new Map([['shop', 7]]),
      series: new Map([
        ['shop', 20_000],
        ['silent', 12],
      ]),
    }),
    targets: () => ({ activeTargets: [], droppedTargets: [] }),
    limits: { maxDisk: 1, retention: 2, seriesPerJob: 3 },
  })
  const lastSeen = `${BEGUN + 10_000}000000`
  expect(state).toMatchObject({
    services: [
      { name: 'shop', spans: 2, series: 20_000, lastSeen, refused: [{ reason: 'series_limit', samples: 7 }] },
      { name: 'cart', spans: 1, series: 0, lastSeen, refused: [] },
      { name: 'silent', spans: 0, series: 12, lastSeen: null, clockSkew: null, refused: [] },
    ],
    refused: { requests: [{ signal: 'logs', reason: 'disk_full', count: 2 }], items: [], lateSamples: 4 },
    scrapes: { up: 0, down: 0, unknown: 0 },
    limits: { maxDisk: 1, retention: 2, seriesPerJob: 3 },
  })
})
