import { describe, expect, it } from '@jest/globals'
import { AggregationTemporality } from '@opentelemetry/sdk-metrics'
import { decodeJson, decodeProtobuf } from '@sightline/servers/otlp'

import type { Signal } from '../../src/batch.ts'
import { attributesOf, createReader } from '../../src/index.ts'
import { ENCODINGS, RESOURCE } from '../entries.ts'
import { compareRandom, expectedOf, readRows } from '../random/compare.ts'
import { sdkLogs, sdkMetrics, sdkSpans } from './sdk.ts'

describe.each(ENCODINGS)('a reader of what OpenTelemetry’s own exporters send in %s', (encoding) => {
  const official = (signal: Signal, body: Uint8Array) =>
    expectedOf(signal, encoding === 'json' ? decodeJson(signal, body) : decodeProtobuf(signal, body))

  it('reads all of spans', async () => {
    const body = await sdkSpans(encoding)
    const reader = createReader()
    expect(readRows(reader, 'traces', body, encoding)).toEqual(official('traces', body))
    const { rows, strings, names, resources, attributes, events, links, reason } = reader.spans(
      body,
      encoding,
    )
    expect([rows, reason]).toEqual([2, ''])
    expect(strings[names[0] ?? 0]).toBe('GET /orders/:id')
    expect(resources[0]?.attributes).toEqual(RESOURCE)
    expect(attributesOf(attributes, strings, 0)).toEqual({
      text: 'wörld',
      whole: 7,
      negative: -7,
      fraction: 0.5,
      yes: true,
      list: ['a', 'b'],
      numbers: [1, 2.5],
    })
    expect(attributesOf(events.attributes, strings, 0)).toMatchObject({ 'exception.type': 'TypeError' })
    expect([...events.offsets.subarray(0, 3)]).toEqual([0, 2, 2])
    expect(attributesOf(links.attributes, strings, 0)).toEqual({ why: 'batch' })
  })

  it('reads all of log records', async () => {
    const body = await sdkLogs(encoding)
    const rows = readRows(createReader(), 'logs', body, encoding)
    expect(rows).toEqual(official('logs', body))
    expect(rows.rows.map((row) => row['body'])).toEqual([
      ['string', 'no rates'],
      ['json', { text: 'no rates', nested: { list: [1, 'a', true] } }],
      ['bytes', 'AQL/'],
    ])
  })

  it.each([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
    'reads all kinds of metrics, temporality %s',
    async (temporality) => {
      const body = await sdkMetrics(encoding, temporality)
      const reader = createReader()
      expect(readRows(reader, 'metrics', body, encoding)).toEqual(official('metrics', body))
      const { metrics, exponentials } = reader.metrics(body, encoding)
      expect(metrics.map(({ name, kind }) => `${name} ${kind}`).toSorted()).toEqual([
        'debt sum',
        'duration histogram',
        'in.flight sum',
        'orders sum',
        'sizes exponential',
        'temperature gauge',
      ])
      expect(exponentials[0]?.positive.reduce((sum, count) => sum + count, 0)).toBe(4)
    },
  )
})

describe('a reader of random requests', () => {
  it.each([1, 2, 3, 4, 5])(
    'reads 2,000 as the official definitions do, in all encodings (seed %i)',
    (seed) => {
      compareRandom(2_000, seed)
    },
  )
})
