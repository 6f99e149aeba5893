import { describe, expect, it } from '@jest/globals'
import type { RequestRecord } from '@sightline/core'
import { attributesOf, type Message } from '@sightline/servers/otlp'

import { ENCODINGS, SCOPE, SPAN, TRACE, decodedEntry } from '../../otlp/test/entries.ts'
import { createServerSpanEncoder } from '../src/export/server-span.ts'

const PARENT = '00f067aa0ba902b7'

const RECORD: RequestRecord = {
  id: 'req-1',
  method: 'GET',
  route: '/users/:id',
  path: '/users/7',
  status: 200,
  outcome: 'completed',
  startedAt: 1_700_000_000_000.25,
  durationMs: 12.5,
  ttfbMs: 11,
  streamed: false,
  requestBytes: 0,
  responseBytes: 97,
  scheme: 'http',
  clientIp: '203.0.113.7',
  userAgent: 'curl/8.5.0',
  trace: { traceId: TRACE, spanId: SPAN, parentId: PARENT, sampled: true, state: 'vendor=1' },
  fields: {},
  error: undefined,
}

/** The attributes as plain values. */
function valuesOf(span: Message): Message {
  return Object.fromEntries(
    Object.entries(attributesOf(span)).map(([key, value]) => [
      key,
      Object.values(value as object)[0] as unknown,
    ]),
  )
}

describe.each(ENCODINGS)('the span of a request in %s', (encoding) => {
  const encode = createServerSpanEncoder(SCOPE, { encoding })
  const read = (...args: Parameters<typeof encode>): Message =>
    decodedEntry('traces', encoding, encode(...args))

  it('says what the conventions for HTTP servers ask for', () => {
    const span = read(RECORD, {
      query: 'page=2',
      serverAddress: 'shop.example',
      serverPort: 8_080,
      peerAddress: '10.0.0.1',
      peerPort: 51_234,
      protocolVersion: '1.1',
    })
    expect(span).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      parentSpanId: PARENT,
      traceState: 'vendor=1',
      name: 'GET /users/:id',
      kind: 2,
      startTimeUnixNano: '1700000000000250000',
      endTimeUnixNano: '1700000000012750000',
      attributes: expect.anything(),
      // Sampled, and the parent is known to be remote.
      flags: 0x301,
    })
    expect(valuesOf(span)).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'http.route': '/users/:id',
      'http.response.status_code': '200',
      'url.path': '/users/7',
      'url.query': 'page=2',
      'http.request.header.x-request-id': { values: [{ stringValue: 'req-1' }] },
      'client.address': '203.0.113.7',
      'user_agent.original': 'curl/8.5.0',
      'server.address': 'shop.example',
      'server.port': '8080',
      'network.peer.address': '10.0.0.1',
      'network.peer.port': '51234',
      'network.protocol.version': '1.1',
    })
  })

  it('begins a trace where there is no parent', () => {
    const span = read({ ...RECORD, trace: { ...RECORD.trace, parentId: undefined, state: undefined } })
    expect(span).not.toHaveProperty('parentSpanId')
    expect(span).not.toHaveProperty('traceState')
    expect(span.flags).toBe(1)
  })

  it('is named by its method alone where no route matched', () => {
    const span = read({ ...RECORD, route: undefined, status: 404 })
    expect(span.name).toBe('GET')
    expect(valuesOf(span)).not.toHaveProperty(['http.route'])
    expect(span).not.toHaveProperty('status')
  })

  it('keeps a name that the application has given it', () => {
    expect(read(RECORD, { name: 'look a user up' }).name).toBe('look a user up')
    expect(read(RECORD).name).toBe('GET /users/:id')
  })

  it('is not named by a method that somebody has invented', () => {
    const span = read({ ...RECORD, method: '_OTHER' }, { originalMethod: 'BREW' })
    expect(span.name).toBe('HTTP /users/:id')
    expect(valuesOf(span)).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'BREW',
    })
  })

  it.each([500, 503])('has failed with a status of %d', (status) => {
    const span = read({ ...RECORD, status })
    expect(span.status).toEqual({ code: 2 })
    expect(valuesOf(span)['error.type']).toBe(String(status))
  })

  it.each([200, 302, 404, 499])('has not failed with a status of %d', (status) => {
    const span = read({ ...RECORD, status })
    expect(span).not.toHaveProperty('status')
    expect(valuesOf(span)).not.toHaveProperty(['error.type'])
  })

  it('tells what was thrown', () => {
    const span = read(RECORD, {
      errorType: 'TypeError',
      status: { code: 'error', message: 'x is not a function' },
      events: [{ name: 'exception', time: 1_700_000_000_010, attributes: { 'exception.type': 'TypeError' } }],
    })
    expect(span.status).toEqual({ code: 2, message: 'x is not a function' })
    expect(valuesOf(span)['error.type']).toBe('TypeError')
    expect(span.events).toEqual([
      {
        name: 'exception',
        timeUnixNano: '1700000000010000000',
        attributes: [{ key: 'exception.type', value: { stringValue: 'TypeError' } }],
      },
    ])
  })

  it('has no status code where the client left before there was one', () => {
    const span = read({ ...RECORD, status: undefined, outcome: 'aborted' }, { errorType: 'aborted' })
    expect(valuesOf(span)).not.toHaveProperty(['http.response.status_code'])
    expect(valuesOf(span)['error.type']).toBe('aborted')
  })

  it('carries the fields of its handlers, and the attributes of its span', () => {
    const span = read(
      { ...RECORD, fields: { tenant: 'acme', basket: { items: 3 } } },
      {
        attributes: { 'app.beta': true },
        droppedAttributesCount: 2,
        links: [{ traceId: TRACE, spanId: SPAN }],
      },
    )
    expect(attributesOf(span)).toMatchObject({
      tenant: { stringValue: 'acme' },
      basket: { kvlistValue: { values: [{ key: 'items', value: { intValue: '3' } }] } },
      'app.beta': { boolValue: true },
    })
    expect(span.droppedAttributesCount).toBe(2)
    expect(span.links).toEqual([{ traceId: TRACE, spanId: SPAN, flags: 0 }])
  })

  it('keeps route, method, status and scheme apart, in whatever order they come', () => {
    const routes = [undefined, '/a', '/b/:id', 'ö'.repeat(50)]
    const methods = ['GET', 'POST', '_OTHER']
    const statuses = [undefined, 200, 404, 500]
    const schemes = ['http', 'https'] as const
    const all = routes.flatMap((route) =>
      methods.flatMap((method) =>
        statuses.flatMap((status) => schemes.map((scheme) => ({ ...RECORD, route, method, status, scheme }))),
      ),
    )
    for (const record of [...all, ...all.toReversed()]) {
      const values = valuesOf(read(record))
      expect(values['http.route']).toBe(record.route)
      expect(values['http.request.method']).toBe(record.method)
      expect(values['url.scheme']).toBe(record.scheme)
      expect(values['http.response.status_code']).toBe(record.status?.toString())
    }
  })

  it('tells hosts apart, known ones and more than it remembers', () => {
    const hosts = Array.from({ length: 300 }, (_, index) => `host-${index % 150}.example`)
    for (const [index, serverAddress] of [...hosts, undefined].entries())
      for (const [serverPort, protocolVersion] of [
        [undefined, undefined],
        [undefined, '2'],
        [index, '1.1'],
        [8_080, '2'],
        [8_080, '2'],
      ] as const) {
        const values = valuesOf(read(RECORD, { serverAddress, serverPort, protocolVersion }))
        expect(values['server.address']).toBe(serverAddress)
        expect(values['server.port']).toBe(serverPort?.toString())
        expect(values['network.protocol.version']).toBe(protocolVersion)
      }
  })

  it('stays right with more routes than it remembers', () => {
    for (let index = 0; index < 5_000; index++) {
      const bytes = encode({ ...RECORD, route: `/route/${index}` })
      if (index % 500 !== 0) continue
      expect(decodedEntry('traces', encoding, bytes).name).toBe(`GET /route/${index}`)
      expect(read(RECORD).name).toBe('GET /users/:id')
    }
  })
})
