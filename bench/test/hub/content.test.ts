import { expect, it } from '@jest/globals'
import { createReader } from '@sightline/otlp'

import type { Body } from '../../src/hub/content/body.ts'
import { createLogBodies, messageOf, orderOf } from '../../src/hub/content/logs.ts'
import {
  createMetricBodies,
  LARGE_EXPORT,
  METRIC_SENDERS,
  SMALL_EXPORT,
} from '../../src/hub/content/metrics.ts'
import { createSpanBodies, SPANS_OF_TRACE, traceIdOf } from '../../src/hub/content/spans.ts'

const timeline = { seed: 3, from: 1_700_000_000_000, stepMs: 10 }
const reader = createReader()

const hexOf = (bytes: Uint8Array, row: number, size: number) =>
  Buffer.from(bytes.subarray(row * size, row * size + size)).toString('hex')

it.each<[string, (seed: number) => (index: number) => Body]>([
  ['spans', (seed) => createSpanBodies({ ...timeline, seed }, 512)],
  ['log records', (seed) => createLogBodies({ ...timeline, seed }, 512)],
  ['metrics', (seed) => createMetricBodies({ ...timeline, seed }, LARGE_EXPORT)],
])('makes the same requests of %s from the same seed, and others from another', (_name, create) => {
  const [first, again, other] = [create(1), create(1), create(2)]
  for (let index = 0; index < 4; index++) {
    const { body } = first(index)
    // Jest compares bytes one by one.
    expect(Buffer.compare(again(index).body, body)).toBe(0)
    expect(Buffer.compare(other(index).body, body)).not.toBe(0)
  }
})

it('makes spans with 10 attributes, of which each trace is in the requests of two services', () => {
  const create = createSpanBodies(timeline, 64)
  const spans = new Map<string, Set<string>>()
  for (const index of [6, 7]) {
    const { body, items } = create(index)
    const { rows, traceIds, spanIds, attributes, rejected, reason, resources } = reader.spans(
      body,
      'protobuf',
    )
    expect({ rows, rejected, reason, services: resources.length }).toEqual({
      rows: items,
      rejected: 0,
      reason: '',
      services: 1,
    })
    for (let row = 0; row < rows; row++) {
      expect((attributes.offsets[row + 1] ?? 0) - (attributes.offsets[row] ?? 0)).toBe(10)
      const trace = hexOf(traceIds, row, 16)
      spans.set(trace, (spans.get(trace) ?? new Set()).add(hexOf(spanIds, row, 8)))
    }
  }
  // Traces of the fourth pair, at 32 traces a pair.
  expect([...spans.keys()]).toEqual(Array.from({ length: 32 }, (_, trace) => traceIdOf(3, 96 + trace)))
  for (const ids of spans.values()) expect(ids.size).toBe(SPANS_OF_TRACE)
})

it('makes log records of about 100 bytes with 6 attributes and a word of their own', () => {
  const { body, items } = createLogBodies(timeline, 512)(2)
  const { rows, strings, bodies, attributes, rejected, times } = reader.logs(body, 'protobuf')
  expect({ rows, rejected }).toEqual({ rows: items, rejected: 0 })
  expect(attributes.offsets[rows]).toBe(6 * rows)
  expect(times.ms[0]).toBe(timeline.from + 1_024 * timeline.stepMs)
  const texts = Array.from({ length: rows }, (_, row) => strings[bodies[row] ?? 0] ?? '')
  texts.forEach((text, row) => expect(text).toContain(orderOf(3, 1_024 + row)))
  expect(texts[7]).toBe(messageOf(3, 1_031))
  expect(new Set(texts).size).toBe(rows)
  const mean = texts.join('').length / rows
  expect(mean).toBeGreaterThan(80)
  expect(mean).toBeLessThan(120)
})

it.each([
  [SMALL_EXPORT, 100],
  [LARGE_EXPORT, 500],
])(
  'makes exports of %j with %i points, of each process in turn, whose counters only grow',
  (size, points) => {
    const create = createMetricBodies(timeline, size)
    const before = new Map<string, number>()
    for (let index = 0; index < METRIC_SENDERS * 3; index++) {
      const { body, items } = create(index)
      expect(items).toBe(points)
      const columns = reader.metrics(body, 'protobuf')
      expect(columns.rows).toBe(points)
      expect(columns.times.ms[0]).toBe(timeline.from + Math.floor(index / METRIC_SENDERS) * timeline.stepMs)
      for (let row = 0; row < columns.rows; row++) {
        const metric = columns.metrics[columns.metric[row] ?? 0]
        if (metric?.kind !== 'sum') continue
        const set = columns.sets[columns.set[row] ?? 0]
        const key = JSON.stringify([index % METRIC_SENDERS, metric.name, set])
        const value = columns.values[row] ?? NaN
        expect(value).toBeGreaterThanOrEqual(before.get(key) ?? 0)
        before.set(key, value)
      }
    }
    expect(before.size).toBeGreaterThan(points)
  },
)
