import { expect, test } from '@jest/globals'

import type { Api, Params } from '../../src/api/api.ts'
import { LogList } from '../../src/logs/list.ts'

/** A hub with log records whose cursors are their numbers. Answers as docs/hub-api.md says. */
function createHub(count: number) {
  const times: number[] = []
  const asked: Params[] = []
  const add = (more: number) => {
    for (let n = 0; n < more; n++) times.push(1_769_860_800_000 + times.length * 10_000)
  }
  add(count)
  const record = (index: number) => ({
    cursor: String(index),
    time: `${times[index]}000000`,
    level: 'info',
    service: 'shop',
    instance: 'shop-1',
    body: `line ${index}`,
    attributes: {},
    eventName: '',
    traceId: '',
    spanId: '',
    resource: 0,
  })
  function page({ before, after, to, limit = 100 }: Params) {
    const end = times.filter((time) => to === undefined || time < Number(to)).length
    if (after !== undefined) {
      const first = Number(String(after).replace('t', '')) + 1
      const indexes = times.map((_, index) => index).slice(first, first + Number(limit))
      return { logs: indexes.map(record), next: `t${indexes.at(-1) ?? first - 1}` }
    }
    const top = before === undefined ? end : Number(before)
    const bottom = Math.max(0, top - Number(limit))
    const logs = times
      .map((_, index) => index)
      .slice(bottom, top)
      .toReversed()
      .map(record)
    return { logs, next: bottom > 0 ? String(bottom) : null, tail: `t${times.length - 1}` }
  }
  const api: Api = {
    get: async <T>(path: string, params: Params = {}) => {
      asked.push(params)
      const { logs, ...rest } =
        path === '/api/logs' ? page(params) : { logs: [record(Number(params['cursor']))] }
      return { logs, resources: [{ attributes: { 'service.name': 'shop' } }], ...rest } as T
    },
    send: () => Promise.reject(new Error('not asked for')),
  }
  return { api, add, asked }
}

const SEARCH = { q: '', from: 0, to: 9_999_999_999_999, goesOn: true, folds: true }
const bodies = (list: LogList) => list.lines.value.rows.map(({ log }) => Number(String(log.body).slice(5)))
const span = (first: number, end: number) => Array.from({ length: end - first }, (_, at) => first + at)

test('begins at the newest where the time to begin at is outside of the range', async () => {
  const hub = createHub(20)
  const list = new LogList(hub.api)
  for (const at of [SEARCH.from, SEARCH.to]) {
    await list.load({ ...SEARCH, at })
    expect(bodies(list)).toEqual(span(0, 20))
  }
  expect(hub.asked.every(({ from, to }) => Number(from) < Number(to))).toBe(true)
})

test('shows the newest records in the order of time, and older ones when they are wanted', async () => {
  const list = new LogList(createHub(1_200).api)
  await list.load(SEARCH)
  expect(bodies(list)).toEqual(span(700, 1_200))
  expect(list.lines.value).toMatchObject({ hasOlder: true, hasNewer: false, shift: 0, isReady: true })
  await list.older()
  await list.older()
  expect(bodies(list)).toEqual(span(0, 1_200))
  expect(list.lines.value).toMatchObject({ hasOlder: false, shift: -700 })
})

test('adds what arrives, also more than a page of it', async () => {
  const { api, add } = createHub(10)
  const list = new LogList(api)
  await list.load(SEARCH)
  add(2_500)
  await list.arrived()
  expect(bodies(list)).toEqual(span(0, 2_510))
})

test('begins anew at the newest records where far too many have arrived', async () => {
  const { api, add } = createHub(10)
  const list = new LogList(api)
  // The range ended when the page was opened.
  await list.load({ ...SEARCH, to: 1_769_860_800_000 + 100_000 })
  add(20_000)
  await list.arrived()
  expect(bodies(list)).toEqual(span(19_510, 20_010))
})

test('asks again for records that are stored while a page is loaded', async () => {
  const { api, add } = createHub(10)
  const answered = Promise.withResolvers<void>()
  const list = new LogList({
    ...api,
    get: async (path, params) => {
      const answer = await api.get(path, params)
      await answered.promise
      return answer as never
    },
  })
  const loaded = list.load(SEARCH)
  add(3)
  await list.arrived()
  const shown = new Promise<void>((resolve) => {
    list.lines.subscribe(({ rows }) => {
      if (rows.length === 13) resolve()
    })
  })
  answered.resolve()
  await loaded
  await shown
  expect(bodies(list)).toEqual(span(0, 13))
})

test('keeps a bounded number of rows while it follows, from which older ones can be reached again', async () => {
  const { api, add } = createHub(10)
  const list = new LogList(api)
  await list.load(SEARCH)
  for (let n = 0; n < 14; n++) {
    add(999)
    await list.arrived()
  }
  const { rows, shift } = list.lines.value
  expect(rows.length).toBeLessThanOrEqual(12_000)
  expect(shift + rows.length).toBe(13_996)
  await list.older()
  expect(bodies(list)).toEqual(span(13_996 - rows.length - 500, 13_996))
})

test('holds back what arrives while the page is read, and shows it afterwards', async () => {
  const { api, add } = createHub(10)
  const list = new LogList(api)
  await list.load(SEARCH)
  list.hold(true)
  add(3)
  await list.arrived()
  expect(bodies(list)).toEqual(span(0, 10))
  expect(list.lines.value.waiting).toBe(3)
  list.hold(false)
  expect(bodies(list)).toEqual(span(0, 13))
  expect(list.lines.value.waiting).toBe(0)
})

test('only counts what arrives where too much is held back', async () => {
  const { api, add } = createHub(10)
  const list = new LogList(api)
  await list.load(SEARCH)
  list.hold(true)
  for (let n = 0; n < 7; n++) {
    add(999)
    await list.arrived()
  }
  expect(list.lines.value).toMatchObject({ waiting: 6_993, isMany: true })
  const shown = new Promise<void>((resolve) => {
    list.lines.subscribe(({ isMany }) => {
      if (!isMany) resolve()
    })
  })
  list.hold(false)
  await shown
  expect(bodies(list)).toEqual(span(6_503, 7_003))
})

test('begins at a record, and goes on in both directions', async () => {
  const list = new LogList(createHub(3_000).api)
  await list.load({ ...SEARCH, cursor: '1500' })
  expect(bodies(list)).toEqual(span(1_000, 2_001))
  expect(list.lines.value).toMatchObject({ hasOlder: true, hasNewer: true })
  await list.newer()
  await list.newer()
  expect(bodies(list)).toEqual(span(1_000, 3_000))
  expect(list.lines.value.hasNewer).toBe(false)
})

test('begins at a time', async () => {
  const list = new LogList(createHub(3_000).api)
  await list.load({ ...SEARCH, at: 1_769_860_800_000 + 15_000_000 })
  expect(bodies(list)).toEqual(span(1_000, 2_000))
})

test('does not go on with the list before while another one is loaded', async () => {
  const { api, asked } = createHub(3_000)
  const list = new LogList(api)
  await list.load({ ...SEARCH, cursor: '1500' })
  const loaded = list.load(SEARCH)
  const before = asked.length
  await Promise.all([list.newer(), list.older(), list.arrived()])
  list.hold(true)
  list.hold(false)
  await loaded
  // What may have arrived meanwhile is asked for after the new list.
  expect(asked.slice(before)).toEqual([{ q: '', after: 't2999', limit: 1_000 }])
  expect(bodies(list)).toEqual(span(2_500, 3_000))
})

test('asks for nothing new where the range has ended', async () => {
  const { api, asked } = createHub(10)
  const list = new LogList(api)
  await list.load({ ...SEARCH, goesOn: false })
  await list.arrived()
  expect(asked).toHaveLength(1)
})

test('keeps the rows and says why where a request fails', async () => {
  const { api } = createHub(600)
  let fails = false
  const list = new LogList({
    ...api,
    get: (path, params) => (fails ? Promise.reject(new Error('No disk.')) : api.get(path, params)),
  })
  await list.load(SEARCH)
  fails = true
  await list.older()
  expect(list.lines.value.error).toBe('No disk.')
  fails = false
  await list.older()
  expect(list.lines.value.error).toBeUndefined()
  expect(bodies(list)).toEqual(span(0, 600))
})
