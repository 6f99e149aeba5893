import { expect, test } from '@jest/globals'
import { attributesOf, cellValue } from '@sightline/otlp'
import { createSecrets } from '@sightline/secrets'

import { createMasking } from '../../src/ingest/masking/masking.ts'
import { logColumns, spanColumns, type TestLog, type TestSpan } from '../derive/requests.ts'
import { metricColumns } from './points.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

/** A span after masking. */
function maskedSpan(span: TestSpan, service: string | Record<string, string> = 'orders') {
  const columns = spanColumns(service, [{}, span])
  createMasking().spans(columns)
  const { strings, events, links } = columns
  return {
    name: strings[columns.names[1] ?? 0],
    message: strings[columns.statusMessages[1] ?? 0],
    attributes: attributesOf(columns.attributes, strings, 1),
    events: (span.events ?? []).map((_, event) => ({
      name: strings[events.names[event] ?? 0],
      attributes: attributesOf(events.attributes, strings, event),
    })),
    links: (span.links ?? []).map((_, link) => attributesOf(links.attributes, strings, link)),
    resource: columns.resources[columns.resource[1] ?? 0]?.attributes,
  }
}

function maskedLog(log: TestLog) {
  const columns = logColumns('orders', [{}, log])
  createMasking().logs(columns)
  const body = cellValue(columns.bodyTypes[1] ?? 0, columns.bodies[1] ?? 0, columns.strings)
  return { body, attributes: attributesOf(columns.attributes, columns.strings, 1) }
}

test('attributes with secret names are hidden, whatever their type, by the rules of the kit', () => {
  const { attributes } = maskedSpan({
    attributes: {
      'http.request.header.authorization': ['Bearer abc'],
      'app.password': 'p1',
      'card.brand': 'ok',
      cardNumber: 4111,
      pin: 1234,
      hasPin: true,
      maxTokens: 5,
      token: { inner: 'x' },
      'user.id': 'u1',
    },
  })
  expect(attributes).toEqual({
    'http.request.header.authorization': '[redacted]',
    'app.password': '[redacted]',
    'card.brand': 'ok',
    cardNumber: '[redacted]',
    pin: '[redacted]',
    hasPin: true,
    maxTokens: 5,
    token: '[redacted]',
    'user.id': 'u1',
  })
})

test('a text that is secret under one name stays under another', () => {
  const { attributes } = maskedSpan({ attributes: { password: 'shop', 'app.name': 'shop' } })
  expect(attributes).toEqual({ password: '[redacted]', 'app.name': 'shop' })
})

test('texts with secrets in them are masked everywhere in a span', () => {
  const masked = maskedSpan(
    {
      name: `verify ${JWT}`,
      message: 'login failed: password=p1',
      attributes: { 'db.query.text': "ALTER ROLE bob PASSWORD 'p1'", note: 'plain' },
      events: [
        { name: 'token=t1 expired', attributes: { 'exception.message': `Bearer ${JWT}`, secret: 's1' } },
      ],
      links: [{ 'x-api-key': 'k1', kind: 'retry' }],
    },
    { 'service.name': 'orders', 'process.command_line': 'node app.js --token t1', 'db.password': 'p1' },
  )
  expect(masked).toEqual({
    name: 'verify [redacted]',
    message: 'login failed: password=[redacted]',
    attributes: { 'db.query.text': "ALTER ROLE bob PASSWORD '[redacted]'", note: 'plain' },
    events: [
      {
        name: 'token=[redacted] expired',
        attributes: { 'exception.message': 'Bearer [redacted]', secret: '[redacted]' },
      },
    ],
    links: [{ 'x-api-key': '[redacted]', kind: 'retry' }],
    resource: {
      'service.name': 'orders',
      'process.command_line': 'node app.js --token [redacted]',
      'db.password': '[redacted]',
    },
  })
})

test('URLs, queries and paths are masked, paths by the secret parameters of their route', () => {
  const { attributes } = maskedSpan({
    attributes: {
      'http.route': '/reset/:token',
      'url.path': '/reset/t0k3n',
      'http.target': '/reset/t0k3n',
      'url.full': 'https://ann:pw@shop.example/a?sig=1',
      'url.query': 'token=t1&page=2',
    },
  })
  expect(attributes).toMatchObject({ 'url.path': '/reset/[redacted]', 'http.target': '/reset/[redacted]' })
  expect(attributes['url.query']).toBe('token=[redacted]&page=2')
  expect(
    maskedSpan({ attributes: { 'url.full': 'https://ann:pw@shop.example/a?sig=1' } }).attributes,
  ).toEqual({
    'url.full': 'https://ann:REDACTED@shop.example/a?sig=REDACTED',
  })
})

test('paths without a secret parameter stay', () => {
  const attributes = { 'http.route': '/orders/:id', 'url.path': '/orders/7', 'url.query': 'page=2' }
  expect(maskedSpan({ attributes }).attributes).toEqual(attributes)
})

test.each<[string, TestLog['body'], unknown]>([
  ['a text', 'login with password=p1', 'login with password=[redacted]'],
  [
    'an object',
    { user: { name: 'ann', password: 'p1' }, list: [{ pin: 1 }], n: 5 },
    { user: { name: 'ann', password: '[redacted]' }, list: [{ pin: '[redacted]' }], n: 5 },
  ],
  [
    'a text that is JSON',
    '{"user":"ann","pin":1234,"inner":{"apiKey":"k1"}}',
    '{"user":"ann","pin":"[redacted]","inner":{"apiKey":"[redacted]"}}',
  ],
  ['a text that looks like JSON', '{user: ann, password: p1}', '{user: ann, password: [redacted]}'],
  ['JSON without a secret, white space and all', '{ "a": 1.50 }', '{ "a": 1.50 }'],
  [
    'a large integer beside a secret',
    '{"id":12345678901234567890,"pin":1}',
    '{"id":"12345678901234567890","pin":"[redacted]"}',
  ],
])('the body of a log record is masked: %s', (_, body, masked) => {
  expect(maskedLog({ ...(body !== undefined && { body }) }).body).toEqual(masked)
})

test('the attributes of a log record are masked, an err object at any depth', () => {
  const { attributes } = maskedLog({
    attributes: {
      err: { message: 'x', config: { headers: { authorization: 'Basic YTpiYmJi' } } },
      cookie: 'a=b',
    },
  })
  expect(attributes).toEqual({
    err: { message: 'x', config: { headers: { authorization: '[redacted]' } } },
    cookie: '[redacted]',
  })
})

test('resources remain interned: equal ones are the same object, masked or not', () => {
  const masking = createMasking()
  const columns = spanColumns({ 'service.name': 'orders', token: 't' }, [{}])
  const [before] = columns.resources
  if (before === undefined) throw new Error('There is no resource')
  masking.spans(columns)
  const [first] = columns.resources
  const again = { ...columns, resources: [before] }
  masking.spans(again)
  expect(first).not.toBe(before)
  expect(again.resources[0]).toBe(first)
  expect(before.attributes).toMatchObject({ token: 't' })
})

test('nothing changes where there is no secret', () => {
  const span: TestSpan = {
    name: 'GET /',
    attributes: { a: 'b', n: 1.5, list: [1, 'x'] },
    events: [{ name: 'e' }],
  }
  const columns = spanColumns('orders', [span])
  const before = structuredClone([columns.strings, columns.attributes, columns.resources])
  createMasking().spans(columns)
  expect([columns.strings, columns.attributes, columns.resources]).toEqual(before)
})

test('rules that hide nothing change nothing', () => {
  const columns = logColumns('orders', [{ body: 'password=p1', attributes: { token: 't' } }])
  createMasking(createSecrets(false)).logs(columns)
  expect(columns.strings).toEqual(expect.arrayContaining(['password=p1', 't']))
})

test('attributes of points and exemplars are masked by the rules of spans', () => {
  const columns = metricColumns({ 'service.name': 'shop', 'api.key': 'k' }, [
    { token: 't', 'user.id': 'u1', pin: 1234, note: 'password=p1' },
    { 'http.route': '/reset/:token', 'url.path': '/reset/abc', 'url.full': 'http://u:p@h/reset/abc' },
    { 'url.query': 'a=1&token=t', nested: { secret: 's', list: ['Bearer abcdefgh'] } },
  ])
  createMasking().points(columns)
  const sets = Array.from(columns.set.subarray(0, columns.rows), (set) => columns.sets[set])
  expect(sets).toEqual([
    { token: '[redacted]', 'user.id': 'u1', pin: '[redacted]', note: 'password=[redacted]' },
    { 'http.route': '/reset/:token', 'url.path': '/reset/[redacted]', 'url.full': expect.any(String) },
    { 'url.query': 'a=1&token=[redacted]', nested: { secret: '[redacted]', list: ['Bearer [redacted]'] } },
  ])
  expect(sets[1]?.['url.full']).not.toMatch(/abc|p@/)
  expect(columns.sets[columns.exemplars.sets[0] ?? -1]).toEqual({ cookie: '[redacted]' })
  const [metric] = columns.metrics
  expect(metric?.resource.attributes).toEqual({ 'service.name': 'shop', 'api.key': '[redacted]' })
  expect(metric?.resource).toBe(columns.resources[0])
})

test('metrics and sets of points remain interned', () => {
  const masking = createMasking()
  const columns = metricColumns({ 'service.name': 'shop', token: 't' }, [{ token: 't' }, { a: 'b' }])
  const again = { ...columns, metrics: [...columns.metrics], sets: [...columns.sets] }
  const plain = columns.sets.find((set) => 'a' in set)
  masking.points(columns)
  masking.points(again)
  expect(again.metrics[0]).toBe(columns.metrics[0])
  for (const [index, set] of columns.sets.entries()) expect(again.sets[index]).toBe(set)
  expect(columns.sets).toContain(plain)
})
