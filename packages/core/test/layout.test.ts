import { EcsFlat } from '@elastic/ecs'
import { ecsFormat } from '@elastic/ecs-pino-format'
import { describe, expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'
import { pino } from 'pino'

import { textAccessLog } from '../src/access/access-log.ts'
import { accessText } from '../src/access/access-text.ts'
import { layoutOf, shownAs } from '../src/access/layout.ts'
import { createSightline, type LogOptions, type RequestRecord } from '../src/index.ts'
import { createPrinter } from '../src/printing/printer.ts'
import { Lines } from '../src/stdout/lines.ts'
import { tapsOf } from '../src/taps.ts'
import { record } from './record.ts'

type Line = Record<string, unknown>

const printer = createPrinter(createSecrets([]))

function eventIn(name: 'ecs' | 'otel', differences: Partial<RequestRecord>, lines = new Lines()): Line {
  const layout = layoutOf(name, 'shop', printer)
  if (!layout) throw new Error('there is no such layout')
  const texts: string[] = []
  const text = shownAs(accessText('shop', printer), layout, lines)
  textAccessLog(text, () => 0, { write: (line) => void texts.push(line) })(record(differences))
  expect(texts).toHaveLength(1)
  expect(texts[0]).toMatch(/^[^\n]+\n$/)
  return JSON.parse(texts[0] ?? '') as Line
}

function linesIn(
  layout: LogOptions['layout'] & string,
  write: (kit: ReturnType<typeof createSightline>) => void,
) {
  const lines: Line[] = []
  const kit = createSightline({
    service: 'shop',
    log: {
      layout,
      pretty: false,
      destination: { write: (line) => void lines.push(JSON.parse(line) as Line) },
    },
  })
  write(kit)
  return lines
}

const FAILED: Partial<RequestRecord> = {
  status: 500,
  durationMs: 12.345678,
  requestBytes: 3,
  responseBytes: 5,
  userAgent: 'curl "8"',
  path: '/r?token=abcdef',
  fields: { tenant: 'acme', user: 'ada', 'http.route': 'mine', nested: { a: [1] } },
  error: Object.assign(new TypeError('broken "here"\n'), { code: 'E_BROKEN', cause: new Error('below') }),
}

/** What is said in a line, by flat names: `{ a: { b: 1 } }` as `a.b`. */
function flat(line: Line, prefix = ''): Array<readonly [string, unknown]> {
  return Object.entries(line).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flat(value as Line, `${prefix}${name}.`)
      : [[prefix + name, value] as const],
  )
}

const fits: Record<string, (value: unknown) => boolean> = {
  keyword: (value) => typeof value === 'string',
  wildcard: (value) => typeof value === 'string',
  match_only_text: (value) => typeof value === 'string',
  long: Number.isSafeInteger,
  ip: (value) => typeof value === 'string' && /^[\d.]+$|:/.test(value),
  date: (value) => typeof value === 'string' && new Date(value).toISOString() === value,
}

/** Everything beside the application's own fields has to be in the published definitions, and of their types. */
function expectEcs(line: Line): void {
  const { fields: _own, labels = {}, ...rest } = line
  for (const label of Object.values(labels as object)) expect(typeof label).toBe('string')
  for (const [name, value] of flat(rest)) {
    const definition = (
      EcsFlat as Record<
        string,
        { type: string; normalize: readonly string[]; allowed_values?: readonly { name: string }[] }
      >
    )[name]
    expect([name, definition?.type]).toEqual([name, expect.any(String)])
    if (!definition) continue
    const isList = definition.normalize.includes('array')
    expect([name, Array.isArray(value)]).toEqual([name, isList])
    for (const each of isList ? (value as unknown[]) : [value]) {
      expect([name, each, fits[definition.type]?.(each)]).toEqual([name, each, true])
      const allowed = definition.allowed_values?.map((one) => one.name)
      if (allowed) expect(allowed).toContain(each)
    }
  }
}

describe('Elastic Common Schema', () => {
  it.each([
    ['a request that went well', {}],
    ['one that failed', FAILED],
    ['one that was given up', { outcome: 'aborted', status: undefined, route: undefined }],
    ['one that was broken off', { outcome: 'broken', status: undefined }],
    ['one that threw what is no error', { status: 500, error: 'text' }],
    ['a client without an address', { clientIp: undefined }],
  ] satisfies Array<[string, Partial<RequestRecord>]>)(
    'has a place for all that is said of %s',
    (_what, differences) => {
      expectEcs(eventIn('ecs', differences))
    },
  )

  it.each([
    ['success', {}],
    ['failure', { outcome: 'broken' }],
    ['failure', { outcome: 'aborted', status: 500 }],
    ['unknown', { outcome: 'aborted' }],
  ] satisfies Array<[string, Partial<RequestRecord>]>)(
    'says %s of a request with %j',
    (outcome, differences) => {
      expect(eventIn('ecs', differences)).toMatchObject({ event: { outcome } })
    },
  )

  it('says of a request what Sightline’s own layout says', () => {
    expect(eventIn('ecs', FAILED)).toEqual({
      '@timestamp': '2023-11-14T22:13:20.012Z',
      'log.level': 'error',
      message: 'request failed',
      'ecs.version': '8.10.0',
      service: { name: 'shop' },
      event: {
        kind: 'event',
        category: ['web'],
        type: ['access'],
        dataset: 'shop.access',
        outcome: 'failure',
        duration: 12_345_678,
      },
      trace: { id: 'a'.repeat(32) },
      span: { id: 'b'.repeat(16) },
      transaction: { id: 'b'.repeat(16) },
      http: {
        request: { id: 'id-1', method: 'GET', body: { bytes: 3 } },
        response: { status_code: 500, body: { bytes: 5 } },
      },
      url: { path: '/r?token=[redacted]' },
      labels: { route: '/r', outcome: 'completed' },
      client: { address: '127.0.0.1', ip: '127.0.0.1' },
      user_agent: { original: 'curl "8"' },
      error: {
        type: 'TypeError',
        message: 'broken "here"\n',
        code: 'E_BROKEN',
        stack_trace: expect.stringContaining('layout.test'),
      },
      fields: {
        tenant: 'acme',
        user: 'ada',
        'http.route': 'mine',
        nested: { a: [1] },
        err: { cause: expect.objectContaining({ message: 'below' }) },
      },
    })
  })

  it('never takes for an address what is none', () => {
    expect(eventIn('ecs', { clientIp: 'unknown' }).client).toEqual({ address: 'unknown' })
  })

  it('is that of Elastic’s own formatter for lines', () => {
    const theirs: Line[] = []
    const error = new RangeError('too far')
    pino(ecsFormat({ serviceName: 'shop', apmIntegration: false }), {
      write: (line: string) => void theirs.push(JSON.parse(line) as Line),
    }).warn({ err: error }, 'hello')
    const [ours = {}] = linesIn('ecs', ({ log }) => log.warn({ err: error, user: 'ada' }, 'hello'))
    const [expected = {}] = theirs
    expectEcs(ours)
    const mine = Object.fromEntries(flat(ours))
    for (const name of [
      'log.level',
      'message',
      'ecs.version',
      'service.name',
      'error.type',
      'error.message',
      'error.stack_trace',
    ])
      expect([name, mine[name]]).toEqual([name, Object.fromEntries(flat(expected))[name]])
    expect(ours.fields).toEqual({ user: 'ada' })
    const [odd = {}] = linesIn('ecs', ({ log }) => log.warn({ err: { message: { a: 1 }, code: 7 } }, 'odd'))
    expectEcs(odd)
    expect(odd.error).toEqual({ message: '{"a":1}', code: '7' })
  })
})

describe('the log data model of OpenTelemetry', () => {
  it('has its fields, and attributes by the semantic conventions', () => {
    expect(eventIn('otel', FAILED)).toEqual({
      Timestamp: '1700000000012346000',
      SeverityText: 'error',
      SeverityNumber: 17,
      Body: 'request failed',
      TraceId: 'a'.repeat(32),
      SpanId: 'b'.repeat(16),
      TraceFlags: 0,
      Resource: { 'service.name': 'shop' },
      Attributes: {
        'http.request.header.x-request-id': ['id-1'],
        'http.request.method': 'GET',
        'url.path': '/r?token=[redacted]',
        'http.route': '/r',
        'http.response.status_code': 500,
        'http.server.request.duration': 0.012346,
        'http.request.body.size': 3,
        'http.response.body.size': 5,
        outcome: 'completed',
        'client.address': '127.0.0.1',
        'user_agent.original': 'curl "8"',
        tenant: 'acme',
        user: 'ada',
        'http.route_': 'mine',
        nested: { a: [1] },
        'exception.type': 'TypeError',
        'exception.message': 'broken "here"\n',
        'exception.stacktrace': expect.stringContaining('layout.test'),
        err: { code: 'E_BROKEN', cause: expect.objectContaining({ message: 'below' }) },
      },
    })
    expect(
      eventIn('otel', { outcome: 'aborted', status: undefined, route: undefined }).Attributes,
    ).not.toHaveProperty('http.route')
  })

  it('is that of other lines as well, in a job with its ids', () => {
    const [first = {}, second = {}] = linesIn('otel', ({ log, context }) => {
      context.run({ batch: 'mail' }, () => log.child({ part: 1 }).fatal({ err: new Error('no') }, 'gone'))
      log.trace('not written')
      log.debug('not written')
      log.info('outside')
    })
    expect(first).toMatchObject({
      Timestamp: expect.stringMatching(/^\d{19}$/),
      SeverityText: 'fatal',
      SeverityNumber: 21,
      Body: 'gone',
      TraceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      SpanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      Resource: { 'service.name': 'shop' },
      Attributes: { batch: 'mail', part: 1, 'exception.message': 'no' },
    })
    expect(second).toEqual({
      Timestamp: expect.any(String),
      SeverityText: 'info',
      SeverityNumber: 9,
      Body: 'outside',
      Resource: { 'service.name': 'shop' },
      Attributes: {},
    })
  })
})

it('shows lines in Sightline’s layout to those who send them elsewhere', () => {
  const shown: Line[] = []
  const lines = new Lines()
  lines.listen((line) => void shown.push(JSON.parse(line) as Line))
  eventIn('ecs', {}, lines)
  linesIn('ecs', (kit) => {
    tapsOf(kit)?.lines.listen((line) => void shown.push(JSON.parse(line) as Line))
    kit.log.info('hello')
  })
  expect(shown).toMatchObject([
    { msg: 'request completed', service: 'shop', status: 200 },
    { msg: 'hello', service: 'shop' },
  ])
})

it('is none that a logger of the application’s could be written in', () => {
  expect(() => createSightline({ log: { layout: 'ecs', logger: pino({ enabled: false }) } })).toThrow(
    'Sightline: option log.layout is "ecs", but the layout of option log.logger is the application\'s own: leave one of them out',
  )
})
