import { describe, expect, it } from '@jest/globals'

import { createBatchEncoder } from '../../src/batch.ts'
import { createMetricEncoder, createReader, type MetricFamily } from '../../src/index.ts'
import type { Encoding } from '../../src/writer.ts'
import { ENCODINGS, RESOURCE, SCOPE } from '../entries.ts'
import { delimited, double, message, pair, request, text, TIME } from './wire.ts'

const NOW = 1_700_000_000_000
const HEAD = {
  name: 'orders',
  description: 'Orders',
  unit: '{order}',
  startTime: NOW,
  type: 'counter',
} as const

function body(encoding: Encoding, family: Partial<MetricFamily> = {}, resource = RESOURCE): Uint8Array {
  const points = ['a', 'b', 'a'].map((shop) => ({ attributes: { shop, size: 3 }, value: 1 }))
  // The parts of a family are those of one kind.
  const whole = { ...HEAD, points, ...family } as MetricFamily
  const entries = createMetricEncoder({ encoding })(whole, NOW, SCOPE)
  return createBatchEncoder({ signal: 'metrics', encoding, resource })(entries.map(({ entry }) => entry)).body
}

describe('what many rows share', () => {
  it('is the same object in one call, in later calls and in both encodings', () => {
    const reader = createReader()
    const seen = [...ENCODINGS, ...ENCODINGS, ...ENCODINGS].map((encoding) => {
      const { metric, metrics, set, sets, resources, scopes } = reader.metrics(body(encoding), encoding)
      expect([...metric.subarray(0, 3)].map((index) => metrics[index]?.name)).toEqual([
        'orders',
        'orders',
        'orders',
      ])
      const [first, second, third] = [...set.subarray(0, 3)].map((index) => sets[index])
      expect(first).toBe(third)
      expect(first).not.toBe(second)
      expect(first).toEqual({ shop: 'a', size: 3 })
      const only = metrics[metric[0] ?? -1]
      expect(only?.resource).toBe(resources[0])
      expect(only?.scope).toBe(scopes[0])
      return [first, second, only, resources[0], scopes[0]]
    })
    for (const [first, ...others] of [0, 1, 2, 3, 4].map((part) => seen.map((parts) => parts[part])))
      for (const other of others) expect(other).toBe(first)
  })

  it('is another object where one field differs', () => {
    const reader = createReader()
    const variants: [Partial<MetricFamily>, object?][] = [
      [{}],
      [{ name: 'other' }],
      [{ description: 'other' }],
      [{ unit: 'other' }],
      [{ type: 'updown' }],
      [{ type: 'gauge' }],
      [{}, { 'service.name': 'other' }],
    ]
    for (const encoding of ENCODINGS) {
      const metrics = variants.flatMap(
        ([family, resource]) =>
          reader.metrics(body(encoding, family, resource && { ...resource }), encoding).metrics,
      )
      expect(new Set(metrics).size).toBe(variants.length)
    }
  })

  it('is frozen', () => {
    const { metrics, sets, resources, scopes } = createReader().metrics(body('protobuf'), 'protobuf')
    for (const object of [
      ...metrics,
      ...sets,
      ...resources,
      ...resources.map(({ attributes }) => attributes),
      ...scopes,
    ])
      expect(Object.isFrozen(object)).toBe(true)
  })

  it('is the same set of attributes in another order, and side by side or not', () => {
    const reader = createReader()
    const a = pair(7, 'a', text(1, '1'))
    const b = pair(7, 'b', text(1, '2'))
    const metric = (...fields: readonly Uint8Array[]) =>
      request(message(text(1, 'm'), delimited(5, delimited(1, message(...fields)))))
    const value = double(4, 1)
    const sets = [
      [a, b, TIME, value],
      [b, a, TIME, value],
      [a, TIME, b, value],
      [a, TIME, value, b],
      [a, TIME, b, value],
    ].map((fields) => {
      const columns = reader.metrics(metric(...fields), 'protobuf')
      return columns.sets[columns.set[0] ?? -1]
    })
    expect(sets[0]).toEqual({ a: '1', b: '2' })
    expect(new Set(sets).size).toBe(1)
  })

  it('is told apart by the types of its values', () => {
    const reader = createReader()
    const values = ['7', 7, 7n ** 20n, [7], { a: 7 }, true, null, 'true', Buffer.from([7]), 'Bw==']
    const points = values.map((value) => ({ attributes: { value }, value: 1 }))
    for (const encoding of ENCODINGS) {
      const { sets } = reader.metrics(body(encoding, { points }), encoding)
      expect(new Set(sets).size).toBe(values.length)
    }
  })
})

describe('columns', () => {
  it('do not hold anything of an earlier call', () => {
    const reader = createReader()
    const full = body('protobuf', {
      type: 'histogram',
      points: [
        {
          attributes: { a: 1 },
          count: 3,
          sum: 2,
          bounds: [1],
          bucketCounts: [1, 2],
          exemplars: [{ value: 1, time: NOW }],
        },
      ],
    })
    expect(reader.metrics(full, 'protobuf').exemplars.offsets[1]).toBe(1)
    const bare = request(message(text(1, 'm'), delimited(5, delimited(1, message(TIME, double(4, 0))))))
    const { counts, sums, buckets, bounds, exemplars, starts, sets, set } = reader.metrics(bare, 'protobuf')
    expect([counts[0], sums[0], buckets.offsets[1], bounds.offsets[1], exemplars.offsets[1]]).toEqual([
      0, 0, 0, 0, 0,
    ])
    expect([starts.ms[0], sets[set[0] ?? -1]]).toEqual([0, {}])
  })
})
