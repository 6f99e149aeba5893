import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { createApi } from '../../src/api/api.ts'
import { storedEvents, type StoredEvents } from '../stored/events.ts'
import { partsOver } from './api-over.ts'

const NOW = Date.UTC(2026, 0, 31, 12)

type Value = string | number | boolean

function attributes(values: Readonly<Record<string, Value>>): object[] {
  return Object.entries(values).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } }
    if (typeof value === 'boolean') return { key, value: { boolValue: value } }
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
  })
}

const resource = (name: string, more: Readonly<Record<string, Value>> = {}) => ({
  attributes: attributes({ 'service.name': name, 'service.instance.id': `${name}-1`, ...more }),
})

const nanoseconds = (msBefore: number) => `${NOW - msBefore}000000`

interface Line {
  readonly text: string
  readonly severity: number
  readonly values?: Readonly<Record<string, Value>>
}

/** Log records, one a second. Their texts begin with a letter that names them. */
const logsOf = (lines: readonly Line[], from: ReturnType<typeof resource>, startMs: number) => ({
  resourceLogs: [
    {
      resource: from,
      scopeLogs: [
        {
          logRecords: lines.map(({ text, severity, values = {} }, index) => ({
            timeUnixNano: nanoseconds(startMs - index * 1000),
            severityNumber: severity,
            body: { stringValue: text },
            attributes: attributes(values),
          })),
        },
      ],
    },
  ],
})

const SHOP: readonly Line[] = [
  { text: 'a order received', severity: 9, values: { 'user.name': 'Ada Lovelace', items: 3, status: 201 } },
  {
    text: 'b Connection refused by stock',
    severity: 17,
    values: { 'user.name': 'Grace Hopper', attempt: 2 },
  },
  { text: 'c refused a connection', severity: 13, values: { attempt: 5, 'http.response.status_code': 503 } },
  { text: 'd cache hit', severity: 5, values: { 'http.route': '/items/:id', 'odd key': 'x y' } },
  { text: 'e 100% done', severity: 9, values: { temperature: -3.5 } },
]
const MAIL: readonly Line[] = [
  { text: 'f queue is full', severity: 21, values: { 'http.route': '/send' } },
  { text: 'g no severity', severity: 0 },
]

const span = (
  id: number,
  name: string,
  durationMs: number,
  values: Readonly<Record<string, Value>>,
  status = 0,
) => ({
  traceId: id.toString(16).padStart(32, '0'),
  spanId: id.toString(16).padStart(16, '0'),
  name,
  kind: 2,
  startTimeUnixNano: nanoseconds(60_000 - id * 1000),
  endTimeUnixNano: String(BigInt(nanoseconds(60_000 - id * 1000)) + BigInt(durationMs * 1e6)),
  attributes: attributes(values),
  status: { code: status },
})

const SPANS = [
  span(1, 'GET /items/:id', 12, { 'http.route': '/items/:id', 'http.response.status_code': 200 }),
  span(2, 'GET /items/:id', 900, { 'http.route': '/items/:id', 'http.response.status_code': 200 }),
  span(
    3,
    'POST /orders',
    250,
    { 'http.route': '/orders', 'http.response.status_code': 500, 'user.id': 'ada' },
    2,
  ),
  span(4, 'POST /orders', 0.5, { 'http.route': '/orders', 'http.response.status_code': 404 }),
]

let stored: StoredEvents
let api: ReturnType<typeof createApi>

beforeAll(async () => {
  stored = await storedEvents(NOW)
  stored.write({ logs: logsOf(SHOP, resource('shop', { 'deployment.environment.name': 'prod' }), 60_000) })
  stored.write({ logs: logsOf(MAIL, resource('mail', { 'service.namespace': 'eu' }), 30_000) })
  stored.write({
    traces: { resourceSpans: [{ resource: resource('shop'), scopeSpans: [{ spans: SPANS }] }] },
  })
  api = createApi({ ...partsOver(stored.reader), now: () => NOW })
})

afterAll(() => stored.remove())

interface Answer {
  readonly logs: ReadonlyArray<{ readonly body: string; readonly cursor: string; readonly service: string }>
  readonly traces: ReadonlyArray<{ readonly traceId: string }>
  readonly next: string | null
  readonly tail: string | null
  readonly error?: string
}

async function ask(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { body } = await api({
    method: 'GET',
    path,
    query: new URLSearchParams(parameters),
    headers: {},
    signal: new AbortController().signal,
  })
  return JSON.parse(Buffer.from(body).toString()) as Answer
}

/** The letters of the found log records, in the order of their times. */
const letters = ({ logs }: Answer) => logs.map(({ body }) => body.charAt(0)).join('')
const numbers = ({ traces }: Answer) => traces.map(({ traceId }) => Number.parseInt(traceId, 16)).join(' ')

test.each([
  ['', 'gfedcba'],
  ['*', 'gfedcba'],
  ['refused', 'cb'],
  ['REFUSED connection', 'cb'],
  ['"connection refused"', 'b'],
  ['lovelace', 'a'],
  ['refused OR full', 'fcb'],
  ['-refused', 'gfeda'],
  ['-"connection refused"', 'gfedca'],
  ['refused -connection', ''],
  ['100%', 'e'],
  ['service:shop', 'edcba'],
  ['service:SHOP refused', 'cb'],
  ['service:s*', 'edcba'],
  ['env:prod', 'edcba'],
  ['service.namespace:eu', 'gf'],
  ['service:eu/mail', 'gf'],
  ['service:mail', 'gf'],
  ['service:eu/*', 'gf'],
  ['service:ma*', 'gf'],
  ['service:us/mail', ''],
  ['service:eu', ''],
  ['instance:mail-1', 'gf'],
  ['user.name:"ada lovelace"', 'a'],
  ['user.name:"Ada L"*', 'a'],
  ['user.name:*', 'ba'],
  ['-user.name:*', 'gfedc'],
  ['"odd key":"x y"', 'd'],
  ['route:/items/:id', 'd'],
  ['route:/*', 'fd'],
  ['level:error', 'b'],
  ['level>=warn', 'fcb'],
  ['level:info..warn', 'eca'],
  ['level<info -level:unset', 'd'],
  ['level:unset', 'g'],
  ['attempt>2', 'c'],
  ['attempt>=2', 'cb'],
  ['attempt:3..', 'c'],
  ['items:3', 'a'],
  ['temperature<0', 'e'],
  ['temperature:-4..-3', 'e'],
  ['status:5xx', 'c'],
  ['message:"queue is"*', 'f'],
  ['(refused OR order) -attempt:5', 'ba'],
  ['level:debug OR service:mail level>=fatal', 'fd'],
])('the search %j finds the log records %j', async (q, found) => {
  expect(letters(await ask('/api/logs', { q }))).toBe(found)
})

test.each<[Readonly<Record<string, string>>, string]>([
  [{}, '4 3 2 1'],
  [{ q: 'duration>250ms' }, '2'],
  [{ q: 'duration>=250ms' }, '3 2'],
  [{ q: 'duration<1ms' }, '4'],
  [{ q: 'duration:10ms..300ms' }, '3 1'],
  [{ q: 'status>=400' }, '4 3'],
  [{ q: 'status:5xx' }, '3'],
  [{ q: 'error:*' }, '3'],
  [{ q: '-error:* status:404' }, '4'],
  [{ q: 'name:"GET /items/:id"' }, '2 1'],
  [{ q: 'kind:server user.id:ada' }, '3'],
  [{ q: 'kind:client' }, ''],
  [{ route: '/orders' }, '4 3'],
  [{ route: '/orders', status: '5xx' }, '3'],
  [{ minDuration: '100ms', maxDuration: '300ms' }, '3'],
  [{ order: 'slowest' }, '2 3 1 4'],
  [{ order: 'slowest', limit: '2' }, '2 3'],
  [{ trace: '3'.padStart(32, '0') }, '3'],
  [{ service: 'mail' }, ''],
])('the search %j finds the traces %j', async (parameters, found) => {
  expect(numbers(await ask('/api/traces', parameters))).toBe(found)
})

test('a service with a namespace is found by the name that its series have', async () => {
  expect(letters(await ask('/api/logs', { service: 'eu/mail' }))).toBe('gf')
  expect(letters(await ask('/api/logs', { service: 'mail' }))).toBe('gf')
  expect(letters(await ask('/api/logs', { service: 'us/mail' }))).toBe('')
  const { logs } = await ask('/api/logs', { service: 'eu/mail' })
  expect(logs.map(({ service }) => service)).toEqual(['eu/mail', 'eu/mail'])
})

describe('pages', () => {
  test.each([
    ['/api/logs', letters, 'gfedcba'],
    ['/api/traces', numbers, '4321'],
  ] as const)('of %s follow each other', async (path, found, all) => {
    let text = ''
    let page = await ask(path, { limit: '2' })
    for (; page.next !== null; page = await ask(path, { limit: '2', before: page.next })) text += found(page)
    expect((text + found(page)).replaceAll(' ', '')).toBe(all)
  })

  test('of a tail have what arrives later, in any order', async () => {
    const first = await ask('/api/logs', { q: 'late' })
    expect(first.tail).not.toBeNull()
    const nothing = await ask('/api/logs', { q: 'late', after: first.tail ?? '' })
    expect(letters(nothing)).toBe('')
    // Of an hour ago, and of a clock that is fast.
    stored.write({ logs: logsOf([{ text: 'y late', severity: 9 }], resource('tail'), 4_000_000) })
    stored.write({ logs: logsOf([{ text: 'z late', severity: 9 }], resource('tail'), -60_000) })
    const later = await ask('/api/logs', { q: 'late', after: nothing.next ?? '' })
    expect(letters(later)).toBe('yz')
    expect(letters(await ask('/api/logs', { q: 'late', after: later.next ?? '' }))).toBe('')
  })

  test.each(['/api/logs', '/api/traces'])('of %s are refused for a cursor of others', async (path) => {
    const { error } = await ask(path, { before: 'x' })
    expect(error).toMatch(/cursor/)
    expect(error).not.toMatch(/^The query failed/)
  })

  test('around a record that is not stored are not found', async () => {
    const [record] = (await ask('/api/logs', { q: 'lovelace' })).logs
    const cursor = record?.cursor ?? ''
    expect(letters(await ask('/api/logs/around', { cursor, before: '1', after: '2' }))).toBe('abc')
    expect(await ask('/api/logs/around', { cursor: 'x' })).toEqual({
      error: 'The log record is not stored any more',
    })
  })
})
