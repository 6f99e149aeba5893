import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'

import { openBrowser, openPage } from '../src/chromium.ts'
import { type Hand, handOn, paste, pressable, tabTo } from '../src/hand.ts'
import { openShop, type Shop } from '../src/shop.ts'
import { askedOf, type Event, eventOf, sendRequest } from '../src/story.ts'

// A busy machine draws slowly.
jest.setTimeout(300_000)

const MINUTE = 60_000
const MOST_CLICKS = 2

let browser: Browser
let shop: Shop
let page: Page
let faults: readonly string[]
/** A payment that failed during the incident. */
let failed: Event
/** The range of the shop's history, as parameters of addresses. */
let range: string

beforeAll(async () => {
  ;[browser, shop] = await Promise.all([openBrowser(), openShop()])
  failed = await eventOf(shop.url)
  range = `from=${failed.time - 15 * MINUTE}&to=${failed.time + 15 * MINUTE}`
  await sendRequest(shop.url, REQUEST)
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})
afterEach(async () => {
  expect(faults).toEqual([])
  await page.context().close()
})

const REQUEST = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  requestId: '7f1e-2c4d-request-91',
  orderId: 'ord-77310-b',
}

async function open(path: string): Promise<void> {
  const opened = await openPage(browser, shop.url + path)
  ;({ page, faults } = opened)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
}

const chart = (title: string): Locator =>
  page
    .locator('figure.chart', { has: page.getByRole('heading', { name: title, exact: true }) })
    .locator('.pad')
const sheet = () => page.locator('aside.sheet')
const link = (name: string | RegExp, within: Page | Locator = page) => within.getByRole('link', { name })
const params = () => new URL(page.url()).searchParams

/** The moment of an event is in the address, to the minute. */
function expectMinute(moment: string | null, time: number): void {
  expect(Math.abs(Number(moment) - time)).toBeLessThan(MINUTE)
}

async function expectTrace(id: string, spanId?: string): Promise<void> {
  await page.waitForURL((url) => url.pathname === `/traces/${id}`)
  await page.getByRole('treegrid').waitFor()
  if (spanId === undefined) return
  expect(params().get('span')).toBe(spanId)
  await sheet().waitFor()
}

/** The list of traces begins with the slowest of the range, all of which began within it. */
async function expectSlowest(from: number, to: number): Promise<void> {
  await page.waitForURL((url) => url.pathname === '/traces')
  expect(params().get('sort')).toBe('slowest')
  const rows = page.getByRole('table', { name: 'Traces' }).locator('tbody tr')
  await rows.first().waitFor()
  const asked = await askedOf(shop.url, { from, to })
  expect(await rows.first().getByRole('rowheader').innerText()).toBe(asked.slowest)
}

/** The list of lines shows errors of a service, from the first one of the range on. */
async function expectFirstErrors(from: number, to: number): Promise<void> {
  await page.waitForURL((url) => url.pathname === '/logs')
  const first = page.locator('.log').first()
  await first.waitFor()
  expect(await page.locator('.log .lv').first().innerText()).toBe('error')
  const { firstError } = await askedOf(shop.url, { from, to })
  await page.locator(`.log[data-cursor="${firstError}"]`).waitFor()
  await expectInView(page.locator(`.log[data-cursor="${firstError}"]`))
}

async function expectInView(element: Locator): Promise<void> {
  const box = await element.boundingBox()
  expect(box?.y).toBeGreaterThan(0)
  expect(box?.y).toBeLessThan(page.viewportSize()?.height ?? 0)
}

/** The part of the chart, as shares of its width, that is the minute of the event. */
async function minuteOn(plot: Locator): Promise<readonly [number, number]> {
  const { width = 0 } = (await plot.boundingBox()) ?? {}
  const at = (time: number) => {
    const part = (time - failed.time + 15 * MINUTE) / (30 * MINUTE)
    return (44 + part * (width - 46)) / width
  }
  return [at(failed.time - MINUTE / 2), at(failed.time + MINUTE / 2)]
}

describe('in at most two clicks', () => {
  let hand: Hand
  async function begin(path: string): Promise<void> {
    await open(path)
    hand = handOn(page)
  }
  const expectFew = () => expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)

  test('an exemplar leads to its trace', async () => {
    await begin(`/services/payments?${range}`)
    await page.getByText('circles are traces').waitFor()
    await hand.click(chart('Duration'), await pressable(page, chart('Duration')))
    await sheet().waitFor()
    const id = params().get('open') ?? ''
    expect(id).toMatch(/^[\da-f]{32}$/)
    await hand.click(link('Open the trace', sheet()))
    await expectTrace(id)
    expectFew()
  })

  test('a trace leads to a span and its log lines', async () => {
    await begin(`/traces/${failed.traceId}`)
    await hand.click(page.locator(`[role=row][aria-label*="POST /payments"]`).last())
    await sheet().getByRole('heading', { name: 'Logs of this span' }).waitFor()
    await hand.click(link('request failed', sheet()))
    await page.waitForURL((url) => url.pathname === '/logs')
    await page.locator(`.log[data-cursor="${failed.cursor}"][aria-expanded=true]`).waitFor()
    expectFew()
  })

  test('a log line leads to the group of its error', async () => {
    await begin(`/logs?${range}&q=service:payments level:error trace:${failed.traceId}`)
    await hand.click(page.locator('.log').last())
    await hand.click(link('Errors of this type'))
    await page.waitForURL((url) => url.pathname.startsWith('/errors'))
    await page.locator('#issue h2', { hasText: failed.type }).waitFor()
    expectFew()
  })

  test('a span leads to the group of its error', async () => {
    await begin(`/traces/${failed.traceId}?span=${failed.spanId}`)
    await hand.click(link(failed.type, sheet()))
    await page.waitForURL((url) => url.pathname.startsWith('/errors'))
    await page.locator('#issue h2', { hasText: failed.type }).waitFor()
    expectFew()
  })

  test('the group of an error leads to the version', async () => {
    await begin(`/errors/${failed.fingerprint}?${range}`)
    await hand.click(link('1.4.2', page.locator('#issue')))
    await page.waitForURL((url) => url.pathname === '/services/payments')
    await page.getByRole('heading', { name: /1\.4\.2/ }).waitFor()
    expectFew()
  })

  test('a log line leads to its span', async () => {
    await begin(`/logs?${range}&open=${encodeURIComponent(failed.cursor)}`)
    await hand.click(link('Open trace'))
    await expectTrace(failed.traceId, failed.spanId)
    expectFew()
  })

  test('a log line leads to its service at that minute', async () => {
    await begin(`/logs?${range}&q=trace:${failed.traceId} service:payments level:error`)
    await hand.click(page.locator('.log').last())
    await hand.click(link(/payments/, page.locator('.opened')).first())
    await page.waitForURL((url) => url.pathname === '/services/payments')
    expectMinute(params().get('at'), failed.time)
    await page.locator('.flag').first().waitFor()
    expectFew()
  })

  test('a span leads to its service at that minute', async () => {
    await begin(`/traces/${failed.traceId}?span=${failed.spanId}`)
    await hand.click(link(/payments at \d\d:\d\d/, sheet()))
    await page.waitForURL((url) => url.pathname === '/services/payments')
    expectMinute(params().get('at'), failed.time)
    expectFew()
  })

  test.each(['Duration', 'Errors', 'Requests'])(
    'a spike of %s leads to the slowest traces of its minute',
    async (title) => {
      await begin(`/services/payments?${range}`)
      await hand.drag(chart(title), ...(await minuteOn(chart(title))))
      await hand.click(link('Slowest traces'))
      const [from, to] = [Number(params().get('from')), Number(params().get('to'))]
      expect([failed.time > from, failed.time < to, to - from < 3 * MINUTE]).toEqual([true, true, true])
      await expectSlowest(from, to)
      expectFew()
    },
  )

  test('a spike leads to the first errors of its minute', async () => {
    await begin(`/services/payments?${range}`)
    await hand.drag(chart('Errors'), ...(await minuteOn(chart('Errors'))))
    await hand.click(link('First errors'))
    await expectFirstErrors(Number(params().get('from')), Number(params().get('to')))
    expectFew()
  })

  test('a pinned moment leads to the slowest traces around it', async () => {
    await begin(`/services/payments?${range}`)
    const plot = chart('Requests')
    const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {}
    const [from, to] = await minuteOn(plot)
    await hand.click(plot, { x: ((from + to) / 2) * width, y: height / 2 })
    await page.getByText(/^at \d\d:\d\d$/).waitFor()
    await hand.click(link('Slowest traces'))
    await expectSlowest(Number(params().get('from')), Number(params().get('to')))
    expectFew()
  })
})

/** What a pasted id is of, and the paths of all that may show it. */
const PASTED: ReadonlyArray<readonly [what: string, id: keyof typeof REQUEST]> = [
  ['a request id', 'requestId'],
  ['a trace id', 'traceId'],
  ['an order id', 'orderId'],
]

describe('a pasted id leads to what it belongs to', () => {
  test.each(PASTED)('%s in Find', async (_what, id) => {
    await open('/')
    const hand = handOn(page)
    await hand.click(page.getByRole('button', { name: /^Find/ }))
    await paste(page, REQUEST[id])
    if (id === 'orderId') await hand.click(page.getByRole('option', { name: /order\.id/ }).first())
    await expectTrace(REQUEST.traceId)
    expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)
  })

  test.each(PASTED)('%s in the search of Logs', async (_what, id) => {
    await open('/logs')
    const hand = handOn(page)
    await hand.click(page.getByRole('combobox', { name: 'Search logs' }))
    await paste(page, REQUEST[id])
    await page.keyboard.press('Enter')
    const line = page.locator('.log', { hasText: 'order accepted' })
    await line.waitFor()
    expect(await page.locator('.log').count()).toBe(1)
    await hand.click(line)
    await link('Open trace').waitFor()
    expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)
  })

  test.each(PASTED)('%s in the search of Traces', async (_what, id) => {
    await open('/traces')
    const hand = handOn(page)
    await hand.click(page.getByRole('combobox', { name: 'Search traces' }))
    await paste(page, REQUEST[id])
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.has('q'))
    await page.locator('main[aria-busy=false]').waitFor()
    const rows = page.getByRole('table', { name: 'Traces' }).locator('tbody tr')
    await rows.filter({ hasText: 'POST /warehouse' }).waitFor()
    expect(await rows.count()).toBe(1)
    await hand.click(rows.first().getByRole('link').first())
    await expectTrace(REQUEST.traceId)
    expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)
  })
})

describe('by keys alone', () => {
  const press = (...keys: readonly string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
  async function follow(element: Locator): Promise<void> {
    await tabTo(page, element)
    await press('Enter')
  }
  test('an exemplar leads to its trace', async () => {
    await open(`/services/payments?${range}`)
    await page.getByText('circles are traces').waitFor()
    await tabTo(page, chart('Duration'))
    await press('End')
    for (let moves = 0; moves < 400 && !params().has('open'); moves++) await press('ArrowLeft', 'Enter')
    const id = params().get('open') ?? ''
    await link('Open the trace', sheet()).waitFor()
    await follow(link('Open the trace', sheet()))
    await expectTrace(id)
  })

  test('a trace leads to a span, its log lines, the group of its error, and the version', async () => {
    await open(`/traces/${failed.traceId}`)
    await tabTo(page, page.locator('[role=treegrid] [role=row][tabindex="0"]'))
    const isThere = () => params().get('span') === failed.spanId
    for (let moves = 0; moves < 100 && !isThere(); moves++) await press('ArrowDown')
    await sheet().getByRole('heading', { name: 'Logs of this span' }).waitFor()
    await follow(link('request failed', sheet()))
    const line = page.locator(`.log[data-cursor="${failed.cursor}"][aria-expanded=true]`)
    await line.waitFor()
    await follow(link('Errors of this type'))
    await page.locator('#issue h2', { hasText: failed.type }).waitFor()
    await follow(link('1.4.2', page.locator('#issue')))
    await page.waitForURL((url) => url.pathname === '/services/payments')
    await page.getByRole('heading', { name: /1\.4\.2/ }).waitFor()
  })

  test('a log line leads to its span', async () => {
    await open(`/logs?${range}&q=trace:${failed.traceId} service:payments level:error`)
    await page.locator('.log').last().waitFor()
    await press('j', 'Enter')
    await page.locator('.opened').waitFor()
    await follow(link('Open trace'))
    await expectTrace(failed.traceId, failed.spanId)
  })

  test('a log line leads to its trace by its own key', async () => {
    await open(`/logs?${range}&q=trace:${failed.traceId} service:payments level:error`)
    await page.locator('.log').last().waitFor()
    await press('j', 'o')
    await expectTrace(failed.traceId, failed.spanId)
  })

  test('a log line leads to its service at that minute', async () => {
    await open(`/logs?${range}&open=${encodeURIComponent(failed.cursor)}`)
    await page.locator('.opened').waitFor()
    await follow(link(/payments/, page.locator('.opened')).first())
    await page.waitForURL((url) => url.pathname === '/services/payments')
    expectMinute(params().get('at'), failed.time)
  })

  test.each([
    ['Slowest traces', expectSlowest],
    ['First errors', expectFirstErrors],
  ] as const)('a spike leads to: %s', async (name, isThere) => {
    await open(`/services/payments?${range}`)
    await tabTo(page, chart('Errors'))
    await press('End')
    // To the moment of the event, then over the minute around it.
    const back = Math.round((15 * MINUTE - MINUTE / 2) / 10_000)
    for (let moves = 0; moves < back; moves++) await press('ArrowLeft')
    for (let moves = 0; moves < 6; moves++) await press('Shift+ArrowLeft')
    await press('Enter')
    await page.waitForURL((url) => Number(url.searchParams.get('to')) < failed.time + 14 * MINUTE)
    await link(name).waitFor()
    await page.keyboard.press('Shift+Tab')
    await followBack(link(name))
    await isThere(Number(params().get('from')), Number(params().get('to')))
  })

  async function followBack(element: Locator): Promise<void> {
    for (let stops = 0; stops < 300; stops++) {
      if (await element.evaluate((node) => node === document.activeElement)) return press('Enter')
      await press('Shift+Tab')
    }
    throw new Error('Shift+Tab never comes there')
  }

  test.each(PASTED)('%s in Find', async (_what, id) => {
    await open('/')
    await press('ControlOrMeta+k')
    await page.getByRole('dialog').waitFor()
    await paste(page, REQUEST[id])
    if (id === 'orderId') {
      await page
        .getByRole('option', { name: /order\.id/ })
        .first()
        .waitFor()
      await press('Enter')
    }
    await expectTrace(REQUEST.traceId)
  })

  test.each(PASTED)('%s in a search', async (_what, id) => {
    await open('/logs')
    await press('/')
    await paste(page, REQUEST[id])
    await press('Enter')
    await page.locator('.log', { hasText: 'order accepted' }).waitFor()
    expect(await page.locator('.log').count()).toBe(1)
    // Out of the field, to the line, to its trace.
    await press('Escape', 'Escape', 'j', 'o')
    await expectTrace(REQUEST.traceId)
  })
})
