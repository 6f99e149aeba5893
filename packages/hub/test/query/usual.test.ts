import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { createApi } from '../../src/api/api.ts'
import { quantileOf, selfTimes } from '../../src/query/usual/durations.ts'
import type { StoredSpan } from '../../src/store/events.ts'
import { partsOver } from '../api/api-over.ts'
import { type StoredEvents, storedEvents } from '../stored/events.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const MINUTE = 60_000

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

interface Sketch {
  readonly id: number
  /** Minutes before `NOW`. */
  readonly minutes: number
  readonly version: string
  /** Of the payment, milliseconds. */
  readonly ms: number
  readonly queries: number
  readonly failed?: boolean
  readonly route?: string
}

const traceId = (id: number) => id.toString(16).padStart(32, '0')
const idOf = (ofTrace: number, span: number) => (ofTrace * 1_000 + span).toString(16).padStart(16, '0')

/** A checkout of `web`, which pays with `pay`, which queries its database. */
function trace({ id, minutes, version, ms, queries, failed = false, route = '/checkout' }: Sketch): object[] {
  const start = NOW - minutes * MINUTE
  const span = (own: number, parent: number, name: string, from: number, duration: number) => ({
    traceId: traceId(id),
    spanId: idOf(id, own),
    ...(parent > 0 && { parentSpanId: idOf(id, parent) }),
    name,
    kind: 2,
    startTimeUnixNano: `${start + from}000000`,
    endTimeUnixNano: `${start + from + duration}000000`,
  })
  const resource = (name: string, of: string) => ({
    attributes: [text('service.name', name), text('service.version', of)],
  })
  const root = { ...span(1, 0, `POST ${route}`, 0, ms + 20), attributes: [text('http.route', route)] }
  const pay = { ...span(2, 1, 'POST /pay', 10, ms), ...(failed && { status: { code: 2 } }) }
  const own = Array.from({ length: queries }, (_, index) =>
    span(3 + index, 2, 'SELECT', 10 + index, ms / queries),
  )
  return [
    { resource: resource('web', '7'), scopeSpans: [{ spans: [root] }] },
    { resource: resource('pay', version), scopeSpans: [{ spans: [pay, ...own] }] },
  ]
}

const ASKED = { id: 1, minutes: 30, version: '1.1', ms: 900, queries: 9 }

let stored: StoredEvents
let ask: (id: string) => Promise<{ readonly status: number; readonly body: unknown }>

beforeAll(async () => {
  stored = await storedEvents(NOW)
  const near = (index: number) => 30 + ((index % 2 === 0 ? 1 : -1) * (index + 1)) / 10
  const traces = [
    trace(ASKED),
    // The faulty version runs for six minutes around the trace.
    ...Array.from({ length: 30 }, (_, index) =>
      trace({
        id: 100 + index,
        minutes: near(index),
        version: '1.1',
        ms: 800,
        queries: 8,
        failed: index < 15,
      }),
    ),
    // The sound one runs for the hours before. Most traces of the day are its own.
    ...Array.from({ length: 300 }, (_, index) =>
      trace({ id: 200 + index, minutes: 34 + index, version: '1.0', ms: 40 + (index % 10), queries: 1 }),
    ),
    // Other routes, and traces of more than a day ago.
    ...Array.from({ length: 30 }, (_, index) =>
      trace({ id: 600 + index, minutes: 31, version: '0.9', ms: 5, queries: 1, route: '/checkout/status' }),
    ),
    trace({ id: 700, minutes: 30 + 25 * 60, version: '0.8', ms: 5, queries: 1 }),
    trace({ id: 701, minutes: 30, version: '0.8', ms: 5, queries: 1, route: '/alone' }),
  ]
  // Traces are written as they end.
  stored.write({ traces: { resourceSpans: traces.toReversed().flat() } })
  const api = createApi({ ...partsOver(stored.reader), now: () => NOW })
  ask = async (id) => {
    const signal = new AbortController().signal
    const path = `/api/traces/${id}/usual`
    const { status, body } = await api({
      method: 'GET',
      path,
      query: new URLSearchParams(),
      headers: {},
      signal,
    })
    return { status, body: JSON.parse(Buffer.from(body).toString()) as unknown }
  }
})

afterAll(() => stored.remove())

describe('what is usual', () => {
  test('is of traces of the same route, by the versions of its services', async () => {
    const { status, body } = await ask(traceId(ASKED.id))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      route: '/checkout',
      name: 'POST /checkout',
      service: 'web',
      version: '7',
      versions: [{ version: '7' }],
      children: [
        {
          service: 'pay',
          version: '1.1',
          versions: [
            {
              version: '1.1',
              p50: '820000000',
              p95: '820000000',
              spans: [
                { service: 'web', name: 'POST /checkout', perTrace: 1, p50: '820000000' },
                { service: 'pay', name: 'POST /pay', perTrace: 1, p50: '800000000' },
                { service: 'pay', name: 'SELECT', perTrace: 8, p50: '100000000' },
              ],
            },
            {
              version: '1.0',
              errorRatio: 0,
              spans: [{ name: 'POST /checkout' }, { name: 'POST /pay' }, { name: 'SELECT', perTrace: 1 }],
            },
          ],
        },
      ],
      complete: true,
    })
  })

  test('has a part of the traces of each time, without the trace itself', async () => {
    const { body } = await ask(traceId(ASKED.id))
    const [pay] = (body as { children: Array<{ versions: Array<{ traces: number; errorRatio: number }> }> })
      .children
    const [faulty, sound] = pay?.versions ?? []
    // Fifteen before the trace and fifteen after it.
    expect(faulty).toMatchObject({ traces: 30, errorRatio: 0.5 })
    // Parts of the day before it, from 5 minutes to 15, to 1 hour, 4 and 24 hours, with 30 traces at most, and the last ones before that.
    expect(sound?.traces).toBeGreaterThan(40)
    expect(sound?.traces).toBeLessThanOrEqual(4 * 30)
  })

  test('is nothing where there is no other trace of the route', async () => {
    expect(await ask(traceId(701))).toMatchObject({ body: { version: '7', versions: [], complete: true } })
  })

  test('of a trace that is not stored is not found', async () => {
    expect(await ask(traceId(9_999))).toMatchObject({ status: 404 })
    expect(await ask('xyz')).toMatchObject({ status: 400 })
  })
})

test('the self time of a span leaves out its children, also where they overlap or outlive it', () => {
  const span = (id: string, parentSpanId: string, start: number, end: number) =>
    ({ spanId: id, parentSpanId, start: BigInt(start), end: BigInt(end) }) as StoredSpan
  const spans = [
    span('a', '', 0, 100),
    span('b', 'a', 10, 30),
    span('c', 'a', 20, 50),
    span('d', 'a', 25, 40),
    span('e', 'a', 90, 130),
    span('f', 'e', 130, 120),
  ]
  expect(Array.from(selfTimes(spans), ([{ spanId }, time]) => `${spanId} ${time}`)).toEqual([
    'a 50',
    'b 20',
    'c 30',
    'd 15',
    'e 40',
    'f 0',
  ])
})

test('a quantile is one of the numbers', () => {
  expect([0, 0.5, 0.95, 1].map((share) => quantileOf([1, 2, 3, 4], share))).toEqual([1, 2, 4, 4])
  expect(quantileOf([], 0.5)).toBe(0)
})
