import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { CUMULATIVE, DELTA, type Hub, metric, MONOTONIC, point, RESOURCE, startHub } from './service.ts'

const LABELS = 'instance=shop-1,job=shop'

describe('gauges and sums', () => {
  let hub: Hub
  beforeEach(async () => {
    hub = await startHub()
  })
  afterEach(() => hub.close())

  const counter = (time: number, start: number | undefined, value: number): number =>
    hub.send([
      metric('requests', 'sum', [point(time, start, { asInt: value })], { ...CUMULATIVE, ...MONOTONIC }),
    ]).rejected
  const delta = (start: number, time: number, value: number): number =>
    hub.send([metric('requests', 'sum', [point(time, start, { asInt: value })], { ...DELTA, ...MONOTONIC })])
      .rejected

  test('have the labels of their point, and job and instance of the service', async () => {
    const labels = {
      'http.route': '/a',
      'http.response.status_code': 200,
      cached: true,
      ratio: 0.5,
      list: ['a', 1],
    }
    hub.send([
      metric('temperature', 'gauge', [point(10, undefined, { asDouble: 21.5 }, labels)], { unit: 'Cel' }),
      metric('queue.size', 'sum', [point(10, 0, { asInt: 3 })], { ...CUMULATIVE, unit: '{job}' }),
    ])
    expect(await hub.stored()).toEqual({
      'queue_size{instance=shop-1,job=shop}': '10: 3',
      'target_info{instance=shop-1,job=shop,service_version=1.2}': '10: 1',
      'temperature_celsius{cached=true,http_response_status_code=200,http_route=/a,instance=shop-1,job=shop,list=["a",1],ratio=0.5}':
        '10: 21.5',
    })
    expect(Object.fromEntries(await hub.reader.metadata())).toMatchObject({
      queue_size: { type: 'gauge', unit: '{job}' },
      temperature_celsius: { type: 'gauge', unit: 'Cel' },
      target_info: { type: 'gauge' },
    })
  })

  test('join attributes whose labels are the same, and the service wins over attributes', async () => {
    const labels = { 'a.b': 'one', a_b: 'two', 'a-b': 'three', job: 'mine', instance: 'mine' }
    hub.send([metric('m', 'gauge', [point(10, undefined, { asInt: 1 }, labels)])], {
      resource: { 'service.name': 'shop', 'service.namespace': 'europe' },
    })
    expect(Object.keys(await hub.stored())).toEqual(['m{a_b=three;one;two,instance=mine,job=europe/shop}'])
  })

  test('are the same series with other descriptions and other attributes of the resource', async () => {
    const points = [point(10, 0, { asInt: 1 })]
    hub.send([metric('requests', 'sum', points, { ...DELTA, ...MONOTONIC, description: 'a' })])
    const later = [point(20, 10, { asInt: 2 })]
    hub.send([metric('requests', 'sum', later, { ...DELTA, ...MONOTONIC, description: 'b' })], {
      resource: { ...RESOURCE, 'host.name': 'x' },
    })
    expect(await hub.stored('requests.*')).toEqual({
      [`requests_total{${LABELS}}`]: '0.001: 0, 10: 1, 20: 3',
    })
  })

  test('a counter begins at zero if it began within five minutes before its first point', async () => {
    counter(10, 5, 3)
    expect(await hub.stored('requests.*')).toEqual({ [`requests_total{${LABELS}}`]: '5: 0, 10: 3' })
  })

  test('a counter that began long ago, or at an unknown time, does not begin at zero', async () => {
    counter(400, 5, 3)
    hub.send([metric('other', 'sum', [point(10, undefined, { asInt: 3 })], { ...CUMULATIVE, ...MONOTONIC })])
    expect(await hub.stored('requests.*|other.*')).toEqual({
      [`other_total{${LABELS}}`]: '10: 3',
      [`requests_total{${LABELS}}`]: '400: 3',
    })
  })

  test('a counter that began again is zero at its new start', async () => {
    counter(400, 5, 3)
    counter(410, 5, 4)
    counter(430, 420, 9)
    counter(440, 420, 10)
    expect(await hub.stored('requests.*')).toEqual({
      [`requests_total{${LABELS}}`]: '400: 3, 410: 4, 420: 0, 430: 9, 440: 10',
    })
  })

  test('increments are added up, over gaps and restarts of the service', async () => {
    delta(0, 10, 3)
    delta(10, 20, 4)
    delta(50, 60, 1)
    expect(await hub.stored('requests.*')).toEqual({
      [`requests_total{${LABELS}}`]: '0.001: 0, 10: 3, 20: 7, 60: 8',
    })
  })

  test('increments that come twice are added once, and older ones are refused', async () => {
    expect([delta(0, 10, 3), delta(10, 20, 4), delta(10, 20, 4), delta(0, 10, 3), delta(15, 20, 1)]).toEqual([
      0, 0, 0, 1, 1,
    ])
    expect(await hub.stored('requests.*')).toEqual({
      [`requests_total{${LABELS}}`]: '0.001: 0, 10: 3, 20: 7',
    })
  })

  test('increments after a restart of the hub begin at zero, so that the increase is right', async () => {
    delta(0, 10, 3)
    hub.restart()
    delta(10, 20, 4)
    expect(await hub.stored('requests.*')).toEqual({
      [`requests_total{${LABELS}}`]: '0.001: 0, 10: 3, 10.001: 0, 20: 4',
    })
  })

  test('increments of a sum that may fall are a gauge', async () => {
    hub.send([metric('size', 'sum', [point(10, 0, { asInt: 3 })], DELTA)])
    hub.send([metric('size', 'sum', [point(20, 10, { asInt: -1 })], DELTA)])
    expect(await hub.stored('size')).toEqual({ [`size{${LABELS}}`]: '10: 3, 20: 2' })
  })

  test('a point without a recorded value ends its series', async () => {
    counter(400, 5, 3)
    hub.send([metric('requests', 'sum', [point(410, 5, { flags: 1 })], { ...CUMULATIVE, ...MONOTONIC })])
    expect(await hub.stored('requests.*')).toEqual({ [`requests_total{${LABELS}}`]: '400: 3, 410: stale' })
  })

  test('points without temporality or name, and those of the future, are refused', () => {
    const answer = hub.send([
      metric('b', 'sum', [point(10, 0, { asInt: 1 })]),
      metric('++', 'gauge', [point(10, 0, { asInt: 1 }), point(11, 0, { asInt: 1 })]),
      metric('c', 'gauge', [point(1_601, 0, { asInt: 1 })]),
      metric('d', 'gauge', [point(1_600, 0, { asInt: 1 })]),
    ])
    expect(answer).toEqual({
      rejected: 4,
      reason:
        'Refused: points without a temporality (1), points whose metric has no name (2), points of more than 10 minutes in the future (1).',
    })
  })

  test('points older than the last one are refused, and equal ones are not', () => {
    expect([counter(400, 0, 3), counter(400, 0, 3), counter(400, 0, 4), counter(390, 0, 3)]).toEqual([
      0, 0, 1, 1,
    ])
  })
})

test('points of a job with too many series are refused and counted, and written when there is room again', async () => {
  const hub = await startHub(2)
  const send = (routes: readonly string[], now: number): number =>
    hub.send(
      routes.map((route) => metric('m', 'gauge', [point(now, undefined, { asInt: 1 }, { route })])),
      { now, resource: { 'service.name': 'shop' } },
    ).rejected
  expect(send(['a', 'b', 'c', 'd'], 10)).toBe(2)
  expect(send(['c', 'd'], 20)).toBe(2)
  expect(Object.fromEntries(hub.writer.counts.overLimit)).toEqual({ shop: 4 })
  for (let time = 0; time <= 5_400; time += 600) while (hub.writer.tend((1_750_000_000 + time) * 1_000));
  expect(send(['c', 'd'], 5_400)).toBe(0)
  await hub.close()
})
