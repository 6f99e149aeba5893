import { describe, expect, it } from '@jest/globals'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { attributesOf, decodeJson, decodeProtobuf } from '@sightline/servers/otlp'

import { type FinishedSpan, createSpanEncoder } from '../src/spans.ts'
import { ENCODINGS, RESOURCE, SCOPE, SPAN, TRACE, decoded, decodedEntry } from './entries.ts'

const BARE: FinishedSpan = {
  traceId: TRACE,
  spanId: SPAN,
  traceFlags: 1,
  name: 'load rates',
  kind: 'internal',
  startTime: 1_700_000_000_000,
  endTime: 1_700_000_000_250.5,
  attributes: {},
}

const FULL: FinishedSpan = {
  ...BARE,
  parentSpanId: '00f067aa0ba902b7',
  parentIsRemote: true,
  traceState: 'vendor=1,other=2',
  kind: 'client',
  attributes: {
    text: 'wörld 🌍',
    'a text that is longer than the loop for short ones takes': 'x'.repeat(1_000),
    whole: 7,
    negative: -7,
    large: Number.MAX_SAFE_INTEGER,
    fraction: 0.1,
    yes: true,
    no: false,
    texts: ['a', '', 'ö'],
    numbers: [1, 2.5, -3],
    flags: [true, false],
    none: [],
  },
  droppedAttributesCount: 3,
  events: [
    { name: 'retry', time: 1_700_000_000_100.25, attributes: { attempt: 2 } },
    {
      name: 'exception',
      time: 1_700_000_000_200,
      attributes: { 'exception.stacktrace': 'Error\n    at here\n'.repeat(50) },
      droppedAttributesCount: 1,
    },
  ],
  droppedEventsCount: 2,
  links: [
    {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      attributes: { why: 'batch' },
      traceFlags: 1,
      isRemote: false,
    },
    { traceId: '3'.repeat(32), spanId: '4'.repeat(16), traceState: 'a=b', droppedAttributesCount: 4 },
  ],
  droppedLinksCount: 1,
  status: { code: 'error', message: 'no rates today' },
}

/** The same span in the form of OpenTelemetry's SDK. */
function readable(span: FinishedSpan): ReadableSpan {
  const hrTime = (ms: number): [number, number] => [
    Math.floor(ms / 1_000),
    Math.round((ms - Math.floor(ms / 1_000) * 1_000) * 1e6),
  ]
  const state = (text: string | undefined) =>
    text === undefined ? {} : { traceState: { serialize: () => text } as never }
  return {
    name: span.name,
    kind: SpanKind[span.kind.toUpperCase() as keyof typeof SpanKind],
    spanContext: () => ({
      traceId: span.traceId,
      spanId: span.spanId,
      traceFlags: span.traceFlags,
      ...state(span.traceState),
    }),
    ...(span.parentSpanId !== undefined && {
      parentSpanContext: {
        traceId: span.traceId,
        spanId: span.parentSpanId,
        traceFlags: 1,
        isRemote: span.parentIsRemote === true,
      },
    }),
    startTime: hrTime(span.startTime),
    endTime: hrTime(span.endTime),
    duration: [0, 0],
    ended: true,
    status: {
      code: SpanStatusCode[(span.status?.code ?? 'unset').toUpperCase() as keyof typeof SpanStatusCode],
      ...(span.status?.message !== undefined && { message: span.status.message }),
    },
    attributes: span.attributes,
    links: (span.links ?? []).map((link) => ({
      context: {
        traceId: link.traceId,
        spanId: link.spanId,
        traceFlags: link.traceFlags ?? 0,
        isRemote: link.isRemote === true,
        ...state(link.traceState),
      },
      attributes: link.attributes ?? {},
      droppedAttributesCount: link.droppedAttributesCount ?? 0,
    })),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      time: hrTime(event.time),
      attributes: event.attributes ?? {},
      droppedAttributesCount: event.droppedAttributesCount ?? 0,
    })),
    resource: resourceFromAttributes(RESOURCE),
    instrumentationScope: SCOPE,
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
  }
}

/** Removes values that equal absent ones: zeros, empty lists, and flags without a remote parent. */
function essential(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essential)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, held]) => !(name.startsWith('dropped') && held === 0) && !(name === 'code' && held === 0),
      )
      .filter(([, held]) => !(Array.isArray(held) && held.length === 0))
      .map(([name, held]) => [name, name === 'flags' ? Number(held) & ~0x100 : essential(held)])
      .filter(([name, held]) => !(name === 'status' && Object.keys(held as object).length === 0)),
  )
}

describe.each(ENCODINGS)('a span in %s', (encoding) => {
  const encode = createSpanEncoder({ encoding })

  it('is what the official definitions read', () => {
    const span = decodedEntry('traces', encoding, encode(FULL, SCOPE))
    expect(span).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      parentSpanId: '00f067aa0ba902b7',
      traceState: 'vendor=1,other=2',
      name: 'load rates',
      kind: 3,
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000250500000',
      droppedAttributesCount: 3,
      droppedEventsCount: 2,
      droppedLinksCount: 1,
      flags: 0x301,
      status: { code: 2, message: 'no rates today' },
    })
    expect(attributesOf(span)).toEqual({
      text: { stringValue: 'wörld 🌍' },
      'a text that is longer than the loop for short ones takes': { stringValue: 'x'.repeat(1_000) },
      whole: { intValue: '7' },
      negative: { intValue: '-7' },
      large: { intValue: '9007199254740991' },
      fraction: { doubleValue: 0.1 },
      yes: { boolValue: true },
      no: { boolValue: false },
      texts: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: '' }, { stringValue: 'ö' }] } },
      numbers: { arrayValue: { values: [{ intValue: '1' }, { doubleValue: 2.5 }, { intValue: '-3' }] } },
      flags: { arrayValue: { values: [{ boolValue: true }, { boolValue: false }] } },
      none: { arrayValue: {} },
    })
    expect(span.events[0]).toEqual({
      name: 'retry',
      timeUnixNano: '1700000000100250000',
      attributes: [{ key: 'attempt', value: { intValue: '2' } }],
    })
    expect(span.links).toEqual([
      {
        traceId: '1'.repeat(32),
        spanId: '2'.repeat(16),
        attributes: [{ key: 'why', value: { stringValue: 'batch' } }],
        flags: 0x101,
      },
      {
        traceId: '3'.repeat(32),
        spanId: '4'.repeat(16),
        traceState: 'a=b',
        droppedAttributesCount: 4,
        flags: 0,
      },
    ])
  })

  it.each([
    ['with everything', FULL],
    ['with nothing', BARE],
    ['that went well', { ...BARE, status: { code: 'ok' } } satisfies FinishedSpan],
  ])('is the same as what OpenTelemetry’s own exporter sends: %s', (_, span) => {
    const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer
    const theirs = serializer.serializeRequest([readable(span)])
    if (theirs === undefined) throw new Error('OpenTelemetry has serialized nothing.')
    const theirsDecoded =
      encoding === 'json' ? decodeJson('traces', theirs) : decodeProtobuf('traces', theirs)
    expect(essential(decoded('traces', encoding, [encode(span, SCOPE)]))).toEqual(essential(theirsDecoded))
  })

  it('has no status message where there is no error', () => {
    const span = encode({ ...BARE, status: { code: 'ok', message: 'fine' } }, SCOPE)
    expect(decodedEntry('traces', encoding, span).status).toEqual({ code: 1 })
  })

  it('leaves attributes out that are undefined', () => {
    const span = encode({ ...BARE, attributes: { a: undefined, b: 1 } }, SCOPE)
    expect(attributesOf(decodedEntry('traces', encoding, span))).toEqual({ b: { intValue: '1' } })
  })

  it('is encoded as ever after one whose attributes threw', () => {
    const hostile = {
      get trap(): string {
        throw new Error('not for you')
      },
    }
    expect(() => encode({ ...BARE, attributes: hostile }, SCOPE)).toThrow('not for you')
    expect(decodedEntry('traces', encoding, encode(BARE, SCOPE)).name).toBe('load rates')
  })

  it('belongs to the caller: the next one leaves it alone', () => {
    const first = encode(BARE, SCOPE)
    const copy = Buffer.from(first)
    encode({ ...FULL, name: 'something else' }, SCOPE)
    expect(Buffer.compare(first, copy)).toBe(0)
  })
})
