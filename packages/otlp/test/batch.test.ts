import { describe, expect, it } from '@jest/globals'
import { entriesOf } from '@sightline/servers/otlp'

import { createBatchEncoder } from '../src/batch.ts'
import { createLogEncoder } from '../src/logs.ts'
import { createMetricEncoder } from '../src/metrics.ts'
import { type FinishedSpan, createSpanEncoder } from '../src/spans.ts'
import { ENCODINGS, RESOURCE, SCOPE, SPAN, TRACE, decoded, seeded } from './entries.ts'

const BARE: FinishedSpan = {
  traceId: TRACE,
  spanId: SPAN,
  traceFlags: 1,
  name: 'bare',
  kind: 'internal',
  startTime: 1,
  endTime: 2,
  attributes: {},
}
const OTHER = { name: 'pg', attributes: { pool: 'main' } }

describe.each(ENCODINGS)('a batch in %s', (encoding) => {
  const encodeSpan = createSpanEncoder({ encoding })
  const span = (name: string, scope: typeof SCOPE | typeof OTHER): Uint8Array =>
    encodeSpan({ ...BARE, name }, scope)

  it('says its resource once, and each scope once', () => {
    const entries = [span('a', SCOPE), span('b', SCOPE), span('c', OTHER), span('d', SCOPE)]
    const request = decoded('traces', encoding, entries)
    expect(request.resourceSpans).toHaveLength(1)
    const [{ resource, scopeSpans }] = request.resourceSpans
    expect(resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'orders' } },
      { key: 'process.pid', value: { intValue: '7' } },
    ])
    expect(scopeSpans).toMatchObject([
      {
        scope: { name: '@sightline/core', version: '1.2.3' },
        spans: [{ name: 'a' }, { name: 'b' }, { name: 'd' }],
      },
      {
        scope: { name: 'pg', attributes: [{ key: 'pool', value: { stringValue: 'main' } }] },
        spans: [{ name: 'c' }],
      },
    ])
  })

  it('tells scopes apart that differ in their version alone', () => {
    const entries = [span('a', SCOPE), span('b', { ...SCOPE, version: '1.2.4' })]
    expect(decoded('traces', encoding, entries).resourceSpans[0].scopeSpans).toHaveLength(2)
  })

  it('may be split anywhere, and its parts hold what the whole did', () => {
    const names = Array.from({ length: 500 }, (_, index) => `span ${index} ${'x'.repeat(index)}`)
    const entries = names.map((name, index) => span(name, index % 3 === 0 ? OTHER : SCOPE))
    const read = [entries.slice(0, 123), entries.slice(123)].flatMap((part) =>
      entriesOf('traces', decoded('traces', encoding, part)).map(({ entry }) => entry.name as string),
    )
    expect(read.toSorted()).toEqual(names.toSorted())
  })

  it('has room for entries of any size, each as it was when it was encoded', () => {
    const random = seeded(3)
    const names = Array.from({ length: 1_000 }, () => 'n'.repeat(random() ** 8 * 60_000))
    const generous = createSpanEncoder({ encoding, valueLimit: 100_000 })
    const entries = names.map((name) => generous({ ...BARE, name, attributes: { name } }, SCOPE))
    const read = entriesOf('traces', decoded('traces', encoding, entries))
    for (const [index, { entry }] of read.entries()) {
      expect(entry.name === names[index]).toBe(true)
      expect(entry.attributes[0].value.stringValue === names[index]).toBe(true)
    }
    expect(read).toHaveLength(names.length)
  })

  it('may be empty', () => {
    expect(
      entriesOf('traces', {
        resourceSpans: [{ scopeSpans: [], ...decoded('traces', encoding, []).resourceSpans[0] }],
      }),
    ).toEqual([])
  })

  it('is as good for metrics and logs', () => {
    const metric = createMetricEncoder({ encoding })(
      {
        name: 'm',
        description: '',
        unit: '',
        type: 'gauge',
        startTime: 1,
        points: [{ attributes: {}, value: 1 }],
      },
      2,
      SCOPE,
    )
    const log = createLogEncoder({ encoding })({ observedTime: 1, body: 'x', attributes: {} }, SCOPE)
    expect(
      entriesOf(
        'metrics',
        decoded(
          'metrics',
          encoding,
          metric.map(({ entry }) => entry),
        ),
      ),
    ).toMatchObject([{ scope: SCOPE, entry: { name: 'm' } }])
    expect(entriesOf('logs', decoded('logs', encoding, [log]))).toMatchObject([
      { scope: SCOPE, entry: { body: { stringValue: 'x' } } },
    ])
  })

  it('names its media type', () => {
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
    expect(createBatchEncoder({ signal: 'logs', encoding, resource: RESOURCE })([]).type).toBe(type)
  })
})
