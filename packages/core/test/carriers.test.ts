import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { afterAll, afterEach, describe, expect, it } from '@jest/globals'

import { createSightline, type Carried, type MessageHeaders } from '../src/index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const PARENT = `00-${TRACE}-${SPAN}-03`
const SENT = { 'x-request-id': 'id-7', traceparent: PARENT, tracestate: 'foo=1', baggage: 'tenant=t1' }
const ENTRIES = Object.entries(SENT)
const bytes = (text: string) => Buffer.from(text)
const mapped = <T>(value: (text: string) => T, name = (text: string) => text) =>
  Object.fromEntries(ENTRIES.map(([key, text]) => [name(key), value(text)]))

const lines: Array<Record<string, unknown>> = []
const { context, close } = createSightline({
  service: 'worker',
  baggage: ['tenant'],
  log: { destination: { write: (line) => lines.push(JSON.parse(line)) } },
})
afterEach(() => void lines.splice(0))
afterAll(() => close())

/** Runs within a job whose headers are those of {@link SENT}, but for its own span. */
function within<T>(work: () => T): T {
  return context.run({}, work, context.extract(SENT))
}

/** What the job's headers are. */
const traceparent = () => `00-${TRACE}-${context.current()?.trace.spanId}-03`

/** In a carrier of no known shape as well. */
const inject = (carrier: unknown) => context.inject(carrier as MessageHeaders)
const extract = (carrier: unknown) => context.extract(carrier as MessageHeaders)

const ARRIVED = {
  requestId: 'id-7',
  trace: { traceId: TRACE, parentId: SPAN, sampled: true, random: true, state: 'foo=1' },
  baggage: { tenant: 't1' },
}

class Getters {
  get traceparent() {
    return PARENT
  }
}

class HeaderBag {
  readonly #headers = new Map<string, string[]>()
  get(name: string): string[] {
    return this.#headers.get(name.toLowerCase()) ?? []
  }
  set(name: string, value: string): void {
    this.#headers.set(name.toLowerCase(), [value])
  }
}

function bagOf(entries: ReadonlyArray<readonly [string, string]>): HeaderBag {
  const bag = new HeaderBag()
  for (const [name, value] of entries) bag.set(name, value)
  return bag
}

describe('what a carrier brings along arrives', () => {
  it.each<[string, unknown]>([
    ['an object', SENT],
    ['an object without a prototype', Object.assign(Object.create(null), SENT)],
    ['an object that inherits them', Object.create(SENT)],
    ['a frozen object', Object.freeze({ ...SENT })],
    ['names in upper case', mapped(String, (name) => name.toUpperCase())],
    ['bytes, as kafkajs has them', mapped(bytes)],
    ['lists of bytes', mapped((text) => [bytes(text)])],
    ['lists of texts', mapped((text) => [text])],
    ['an ArrayBuffer', mapped((text) => new TextEncoder().encode(text).buffer)],
    ['numbers of bytes, as Lambda has them', mapped((text) => [...bytes(text)])],
    ['bytes that were JSON', JSON.parse(JSON.stringify(mapped(bytes)))],
    ['attributes of SQS', mapped((text) => ({ DataType: 'String', StringValue: text }))],
    ['attributes of SQS in Lambda', mapped((text) => ({ dataType: 'String', stringValue: text }))],
    ['attributes of bytes', mapped((text) => ({ DataType: 'Binary', BinaryValue: bytes(text) }))],
    ['attributes of SNS', mapped((text) => ({ Type: 'String', Value: text }))],
    ['typed values of AMQP', mapped((text) => ({ type: 'string', value: text }))],
    ['Headers', new Headers(SENT)],
    ['a Map', new Map(ENTRIES.map(([name, value]) => [name.toUpperCase(), value]))],
    ['pairs', ENTRIES],
    ['pairs of bytes', ENTRIES.map((pair) => pair.map(bytes))],
    ['names and values in turn', ENTRIES.flat()],
    ['names and values in turn, as bytes', ENTRIES.flat().map(bytes)],
    ['records of Kafka', ENTRIES.map(([name, value]) => ({ [name]: bytes(value) }))],
    ['records with key and value', ENTRIES.map(([key, value]) => ({ key, value }))],
    [
      'records with names in bytes',
      ENTRIES.map(([name, value]) => ({ key: bytes(name), value: bytes(value) })),
    ],
    ['lists of records, as CloudFront has them', mapped((text) => [{ key: 'Any', value: text }])],
    ['a class with get and set', bagOf(ENTRIES)],
    ['iterable pairs', new Set(ENTRIES)],
    ['a proxy that refuses other names', strictProxy(SENT)],
  ])('%s', (_, carrier) => {
    expect(extract(carrier)).toMatchObject(ARRIVED)
    expect(lines).toEqual([])
  })

  it('from a class with getters', () => {
    expect(extract(new Getters()).trace).toMatchObject({ traceId: TRACE })
  })

  it('where an id is a number', () => {
    expect(extract({ 'x-request-id': 4711 }).requestId).toBe('4711')
  })

  it('beside a getter that throws, which one warning tells of', async () => {
    const carrier = Object.defineProperty({ ...SENT }, 'baggage', { get: thrower, enumerable: true })
    expect(extract(carrier)).toMatchObject({ requestId: 'id-7', trace: { traceId: TRACE } })
    expect(extract(carrier).baggage).toBeUndefined()
    await turn()
    expect(lines).toMatchObject([{ level: 'warn', err: { message: 'refused' } }])
  })
})

describe('a trace that came twice', () => {
  it.each<[string, unknown]>([
    ['in a list', { traceparent: [PARENT, PARENT] }],
    ['in two letter cases', { traceparent: PARENT, Traceparent: PARENT }],
    [
      'in pairs',
      [
        ['traceparent', PARENT],
        ['traceparent', PARENT],
      ],
    ],
  ])('is none: %s', (_, carrier) => {
    expect(extract(carrier).trace).toBeUndefined()
  })

  it('has one list of vendors, in order', () => {
    const carrier = [
      ['traceparent', PARENT],
      ['tracestate', 'a=1'],
      ['tracestate', bytes('b=2')],
    ]
    expect(extract(carrier).trace?.state).toBe('a=1,b=2')
  })
})

const NOTHING: Carried = { requestId: undefined, trace: undefined, baggage: undefined }

describe('what is no carrier', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const NONE: Array<[string, unknown]> = [
    ['a text', 'traceparent'],
    ['a number', 7],
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a Date', new Date(0)],
    ['an Error', new Error('e')],
    ['a Promise', Promise.resolve()],
    ['bytes', bytes('traceparent')],
    ['parameters of a query', new URLSearchParams('a=1')],
    ['a form', new FormData()],
    ['a WeakMap', new WeakMap()],
    ['a list of numbers', [1, 2]],
    ['an odd list of texts', ['a', 'b', 'c']],
    ['a list of other objects', [{ a: 1, b: 2 }]],
    ['a revoked proxy', proxy],
  ]
  it.each(NONE)('brings nothing along: %s', (_, given) => {
    expect(extract(given)).toEqual(NOTHING)
  })

  it.each(NONE)('is left alone: %s', (_, given) => {
    const before = typeof given === 'object' && given !== proxy ? JSON.stringify(given) : undefined
    const returned = within(() => inject(given))
    // Not by `toBe`: it would print a revoked proxy.
    expect(returned === given).toBe(true)
    if (before !== undefined) expect(JSON.stringify(given)).toBe(before)
  })

  it.each([[undefined], [null]])('is made where there is none: %s', (given) => {
    expect(extract(given)).toEqual(NOTHING)
    expect(context.inject(given)).toEqual({})
    within(() => expect(context.inject(given)).toMatchObject({ traceparent: traceparent() }))
  })

  it('has one warning', async () => {
    const other = createSightline({
      service: 'other',
      log: { destination: { write: (line) => lines.push(JSON.parse(line)) } },
    })
    other.context.run({}, () => {
      other.context.inject(new Set())
      other.context.inject(new Set())
    })
    await turn()
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        msg: expect.stringContaining('context.inject'),
        err: { message: expect.stringContaining('[object Set]') },
      },
    ])
    await other.close()
  })
})

describe('what is injected can be extracted again', () => {
  const MAKERS: Array<[string, () => unknown]> = [
    ['an object', () => ({ accept: 'text/plain' })],
    ['an object without a prototype', () => Object.create(null)],
    ['a frozen object', () => Object.freeze({ accept: 'text/plain' })],
    ['a sealed object', () => Object.seal({ accept: 'text/plain' })],
    [
      'an object with a read-only header',
      () => Object.defineProperty({}, 'traceparent', { value: 'x', enumerable: true }),
    ],
    ['Headers', () => new Headers({ accept: 'text/plain' })],
    ['a Map', () => new Map([['accept', 'text/plain']])],
    ['an empty list', () => []],
    ['pairs', () => [['accept', 'text/plain']]],
    ['frozen pairs', () => Object.freeze([['accept', 'text/plain']])],
    ['names and values in turn', () => ['accept', 'text/plain']],
    ['records of Kafka', () => [{ accept: 'text/plain' }]],
    ['records with key and value', () => [{ key: 'accept', value: 'text/plain' }]],
    ['attributes of SQS', () => ({ tenant: { DataType: 'Number', StringValue: '7' } })],
    ['a class with get and set', () => new HeaderBag()],
    ['a proxy that refuses other names', () => strictProxy({ accept: 'text/plain' })],
    [
      'an object with a getter that throws',
      () => ({
        get accept() {
          return thrower()
        },
      }),
    ],
    [
      'old ones in another letter case',
      () => ({ Traceparent: 'old', TRACESTATE: 'old=1', Baggage: 'old=1', 'X-Request-Id': 'o' }),
    ],
    [
      'old ones in a Map',
      () =>
        new Map([
          ['Traceparent', 'old'],
          ['traceparent', 'older'],
        ]),
    ],
    [
      'old ones in pairs',
      () => [
        ['Traceparent', 'old'],
        ['a', 'b'],
        ['traceparent', 'older'],
      ],
    ],
    ['old ones in turn', () => ['Traceparent', 'old', 'a', 'b', 'traceparent', 'older']],
    ['old ones in records', () => [{ Traceparent: 'old' }, { a: 'b' }, { traceparent: 'older' }]],
  ]
  it.each(MAKERS)('%s', (_, make) => {
    within(() => {
      const { spanId } = context.current()?.trace ?? {}
      expect(extract(inject(make()))).toMatchObject({
        ...ARRIVED,
        trace: { ...ARRIVED.trace, parentId: spanId },
      })
      expect(lines).toEqual([])
    })
  })

  it('keeps what is there, and its order', () => {
    within(() => {
      expect(
        context.inject([
          ['accept', 'a'],
          ['traceparent', 'old'],
          ['b', 'c'],
        ]),
      ).toEqual([
        ['accept', 'a'],
        ['traceparent', traceparent()],
        ['b', 'c'],
        ['x-request-id', 'id-7'],
        ['tracestate', 'foo=1'],
        ['baggage', 'tenant=t1'],
      ])
      expect(inject({ n: { DataType: 'Number', StringValue: '7' } })).toMatchObject({
        n: { DataType: 'Number', StringValue: '7' },
        traceparent: { DataType: 'String', StringValue: traceparent() },
      })
    })
  })

  it('leaves no list of vendors that belongs to another trace', () => {
    context.run({}, () => {
      expect(context.inject({ Tracestate: 'old=1' })).not.toHaveProperty('Tracestate')
      expect([...context.inject(new Headers({ tracestate: 'old=1' })).keys()]).not.toContain('tracestate')
      expect(context.inject(['tracestate', 'old=1'])).not.toContain('tracestate')
    })
  })
})

describe('a request that is sent', () => {
  it.each<[string, (url: string) => Promise<unknown>]>([
    ['fetch with Headers', (url) => fetch(url, { headers: context.inject(new Headers({ accept: 'a' })) })],
    ['fetch with pairs', (url) => fetch(url, { headers: context.inject([['accept', 'a']]) })],
    [
      'fetch with those of another request, which cannot be changed',
      (url) =>
        fetch(url, { headers: context.inject(new Request(url, { headers: { accept: 'a' } }).headers) }),
    ],
    [
      'node:http with an object',
      (url) => once(request(url, { headers: context.inject({}) }).end(), 'response'),
    ],
    [
      'node:http with names and values in turn',
      (url) =>
        once(request(url, { headers: context.inject(['accept', 'a', 'host', 'h']) }).end(), 'response'),
    ],
    [
      'node:http, once it has been made',
      (url) => {
        const outgoing = request(url)
        inject(outgoing)
        return once(outgoing.end(), 'response')
      },
    ],
  ])('carries them on: %s', async (_, send) => {
    const server = createServer((_req, res) => res.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const arrived = once(server, 'request')
    await within(async () => {
      const expected = traceparent()
      const sent = send(`http://127.0.0.1:${portOf(server)}`)
      const [{ headers }] = (await arrived) as [{ headers: IncomingHttpHeaders }]
      expect(headers).toMatchObject({ ...SENT, traceparent: expected })
      await sent
    })
    server.closeAllConnections()
    await once(server.close(), 'close')
  })
})

it('reads no more of endless pairs than there can be', () => {
  function* endless() {
    for (;;) yield ['a', 'b']
  }
  expect(extract(endless())).toEqual(NOTHING)
})

function thrower(): never {
  throw new Error('refused')
}

/** As those that find mistakes in configurations: what it does not have must not be asked for. */
function strictProxy(target: object): object {
  return new Proxy(target, {
    get(from, name) {
      if (!(name in from)) throw new Error(`there is no ${String(name)}`)
      return Reflect.get(from, name)
    },
  })
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port
}
