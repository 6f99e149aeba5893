import { expect, test } from '@jest/globals'

import { spanColumns, type TestSpan } from './requests.ts'
import { createStages } from './stages.ts'

const SERVER = 2
const CLIENT = 3
const PRODUCER = 4
const CONSUMER = 5

const client: TestSpan = {
  kind: CLIENT,
  spanId: '00000000000000aa',
  ms: 20,
  attributes: { 'server.address': 'payments.local', 'server.port': 3000 },
}
const server: TestSpan = {
  kind: SERVER,
  spanId: '00000000000000bb',
  parentSpanId: '00000000000000aa',
  ms: 15,
}

const total = 'traces_service_graph_request_total'
const failed = 'traces_service_graph_request_failed_total'
const seconds = 'traces_service_graph_request_server_seconds'
const both = ['client', 'server']

test.each(['client', 'server'])(
  'two ends of a call meet that came through different threads, the %s first',
  (first) => {
    const { thread, exchange, write, values } = createStages(2)
    const steps = [
      () => thread(0).spans(spanColumns('orders', [client])),
      () => thread(1).spans(spanColumns('payments', [server])),
    ]
    for (const step of first === 'client' ? steps : steps.toReversed()) {
      step()
      exchange()
    }
    write()
    // Nothing more comes of the same call later.
    write(60_000)
    expect(values(total, ...both)).toEqual({ 'orders payments': 1 })
    expect(values(failed, ...both)).toEqual({ 'orders payments': 0 })
    expect(values(`${seconds}_sum`, ...both)).toEqual({ 'orders payments': 0.015 })
    expect(values(`${seconds}_bucket`, 'le')).toMatchObject({ '0.01': 0, '0.025': 1, '+Inf': 1 })
  },
)

test('a call fails where either end says so', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('a', [{ ...client, status: 2 }]))
  thread().spans(spanColumns('b', [server]))
  thread().spans(spanColumns('c', [{ ...client, spanId: '00000000000000ac' }]))
  thread().spans(spanColumns('d', [{ ...server, parentSpanId: '00000000000000ac', status: 2 }]))
  write()
  expect(values(failed, ...both)).toEqual({ 'a b': 1, 'c d': 1 })
})

test('sampled calls count as many as they stand for', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('a', [{ ...client, traceState: 'ot=th:c' }]))
  thread().spans(spanColumns('b', [{ ...server, traceState: 'ot=th:c' }]))
  write()
  expect(values(total, ...both)).toEqual({ 'a b': 4 })
})

test('one message has many consumers', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('orders', [{ ...client, kind: PRODUCER }]))
  for (const consumer of ['mail', 'stock'])
    thread().spans(spanColumns(consumer, [{ ...server, kind: CONSUMER }]))
  write()
  write(60_000)
  expect(values(total, ...both)).toEqual({ 'orders mail': 1, 'orders stock': 1 })
})

test('ends with the same span id in different traces do not meet', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('orders', [{ ...client, attributes: {} }]))
  thread().spans(spanColumns('payments', [{ ...server, traceId: 'f'.repeat(32) }]))
  write()
  write(60_000)
  expect(values(total)).toEqual({})
})

test.each([
  [{ 'peer.service': 'billing', 'server.address': 'x' }, 'billing'],
  [{ 'server.address': 'api.example', 'server.port': 443 }, 'api.example'],
  [{ 'net.peer.name': 'old.example', 'net.peer.port': 8080 }, 'old.example:8080'],
  [{ 'messaging.system': 'kafka' }, 'kafka'],
])('a call whose server sends no spans goes to the address that its client knows: %j', (attributes, peer) => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('orders', [{ kind: CLIENT, ms: 20, attributes }]))
  write()
  // The server's span may still come.
  expect(values(total)).toEqual({})
  write()
  expect(values(total, ...both)).toEqual({ [`orders ${peer}`]: 1 })
  expect(values(`${seconds}_sum`)).toEqual({ '': 0.02 })
})

test.each([
  [{ 'db.system': 'postgresql', 'server.address': 'db', 'server.port': 5432 }, 'postgresql db:5432'],
  [{ 'db.system.name': 'redis' }, 'redis'],
])('a call to a database does not wait for its server: %j', (attributes, peer) => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('orders', [{ kind: CLIENT, status: 2, attributes }]))
  write()
  expect(values(failed, ...both)).toEqual({ [`orders ${peer}`]: 1 })
})

test('a root, a server whose caller sends no spans, and a call to nowhere are in no graph', () => {
  const { thread, write, values } = createStages()
  thread().spans(
    spanColumns('orders', [
      { kind: SERVER },
      { kind: SERVER, parentSpanId: 'c'.repeat(16) },
      { kind: CLIENT },
    ]),
  )
  write()
  write(60_000)
  expect(values(total)).toEqual({})
})

test('a client that calls everybody has a limit of servers', () => {
  const { thread, write, values } = createStages()
  const calls = Array.from({ length: 300 }, (_, n) => ({
    kind: CLIENT,
    attributes: { 'db.system': 'redis', 'server.address': `r${n}` },
  }))
  thread().spans(spanColumns('crawler', calls))
  write()
  const counts = values(total, 'server')
  expect(Object.keys(counts)).toHaveLength(201)
  expect(counts['_OTHER']).toBe(100)
})

test('ends that wait are limited, and the oldest go first', () => {
  const { thread, exchange, write, values } = createStages()
  const attributes = { 'peer.service': 'late' }
  for (let batch = 0; batch < 11; batch++) {
    const calls = Array.from({ length: 10_000 }, (_, n) => ({
      kind: CLIENT,
      spanId: (batch * 10_000 + n + 1).toString(16).padStart(16, '0'),
      attributes,
    }))
    thread().spans(spanColumns('busy', calls))
    exchange()
  }
  write()
  expect(values(total, ...both)).toEqual({ 'busy late': 10_000 })
})
