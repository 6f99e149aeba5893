import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'

import { openBrowser, openPage, type View } from '../src/chromium.ts'
import { openHub, type TestHub } from '../src/hub.ts'
import { PAGES } from '../src/pages.ts'
import { sendLines, sendRequests, sendTrace } from '../src/telemetry.ts'

// Each test opens many pages.
jest.setTimeout(600_000)

const MINUTE = 60_000
const TRACE = '0af7651916cd43dd8448eb211c80319c'

let browser: Browser
let hub: TestHub
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  hub = await openHub()
})
afterEach(() => hub.close())

/** Opens pages one after the other. None may have an error, or be wider than the window. */
async function areSound(paths: readonly string[], view: View = {}): Promise<void> {
  for (const path of paths) {
    const { page, faults } = await openPage(browser, hub.url + path, view)
    expect([path, faults]).toEqual([path, []])
    expect([path, await overflowOf(page)]).toEqual([path, 0])
    await page.context().close()
  }
}

const overflowOf = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

async function textOf(path: string): Promise<string> {
  const { page } = await openPage(browser, hub.url + path)
  const text = await page.locator('main').innerText()
  await page.context().close()
  return text
}

describe('with no data', () => {
  test('the first page says how to send, and every page says why it is empty', async () => {
    expect(await textOf('/')).toContain('Nothing has arrived yet')
    await areSound(PAGES)
    await areSound(PAGES, { width: 390, theme: 'dark' })
  })

  test('a service, trace or error that is not there is told in a sentence', async () => {
    expect(await textOf('/services/nobody')).toMatch(/nobody/)
    expect(await textOf(`/traces/${TRACE}`)).toContain('is not stored')
    expect(await textOf('/errors/1-00000000')).toMatch(/not stored|no such/i)
  })
})

test('one point of data has pages', async () => {
  const now = Date.now()
  await sendRequests(hub, { service: 'shop' }, [{ route: '/', count: 1 }], now, now - MINUTE)
  await sendTrace(hub, { service: 'shop' }, TRACE, now, [
    { id: '00f067aa0ba902b7', name: 'GET /', kind: 2, start: 0, duration: 5 },
  ])
  await sendLines(hub, { service: 'shop' }, [{ at: now, body: 'hello' }])
  await areSound([...PAGES, '/services/shop', `/traces/${TRACE}`])
  expect(await textOf('/logs')).toContain('hello')
})

test('gaps are gaps, and a service that has stopped is silent', async () => {
  const now = Date.now()
  for (let minute = 60; minute >= 15; minute--)
    if (minute > 50 || minute < 30)
      await sendRequests(
        hub,
        { service: 'shop' },
        [{ route: '/', count: (61 - minute) * 60 }],
        now - minute * MINUTE,
        now - 61 * MINUTE,
      )
  await areSound(['/', '/services/shop'])
  expect(await textOf('/')).toMatch(/shop\s+silent|shop is silent/)
})

describe('with a lot', () => {
  test('of services: 200 are listed', async () => {
    const now = Date.now()
    for (let n = 0; n < 200; n++) {
      const process = { service: `service-${String(n).padStart(3, '0')}` }
      for (const [at, count] of [
        [now - MINUTE, 60],
        [now, 120],
      ] as const)
        await sendRequests(
          hub,
          process,
          [{ route: '/', count, failed: n === 77 ? count / 2 : 0 }],
          at,
          now - 2 * MINUTE,
        )
    }
    await areSound(PAGES)
    expect(await textOf('/')).toContain('service-077 is failing')
  })

  test('of routes: 2,000 are in a table that renders those in view', async () => {
    const now = Date.now()
    const routes = (count: number) =>
      Array.from({ length: 2_000 }, (_, n) => ({ route: `/items/${n}/:id`, count: count * (1 + (n % 7)) }))
    for (const [at, count] of [
      [now - MINUTE, 10],
      [now, 20],
    ] as const)
      await sendRequests(hub, { service: 'shop' }, routes(count), at, now - 2 * MINUTE)
    const { page, faults } = await openPage(browser, `${hub.url}/services/shop`)
    expect(faults).toEqual([])
    const rows = await page.locator('#routes tbody tr[data-row]').count()
    expect(rows).toBeGreaterThan(10)
    expect(rows).toBeLessThan(300)
    await page.context().close()
  })
})

describe('with hostile names', () => {
  const HOSTILE = [
    '<img src=x onerror="globalThis.hit=1">',
    'x'.repeat(300),
    '\u202Eright to left\u0000\u0007\u001B[31m',
    '"};alert(1)//${7*7}',
    '../../etc/passwd',
    'ä🐙 日本語',
  ]

  test('all stays text, and nothing gets wider', async () => {
    const now = Date.now()
    for (const [n, name] of HOSTILE.entries()) {
      const process = { service: name, instance: name, version: name }
      for (const [at, count] of [
        [now - MINUTE, 60],
        [now, 120],
      ] as const)
        await sendRequests(
          hub,
          process,
          [{ route: `/${name}`, method: 'GET', count, failed: 12 }],
          at,
          now - 2 * MINUTE,
        )
      const traceId = `${'a'.repeat(31)}${n}`
      await sendTrace(hub, process, traceId, now, [
        {
          id: `${'b'.repeat(15)}${n}`,
          name,
          kind: 2,
          start: 0,
          duration: 50,
          error: { type: name, message: name },
          attributes: { [name]: name, 'http.route': name },
        },
      ])
      await sendLines(hub, process, [
        {
          at: now,
          severity: 17,
          body: name,
          traceId,
          spanId: `${'b'.repeat(15)}${n}`,
          attributes: { [name]: name },
        },
      ])
    }
    const services = HOSTILE.map((name) => `/services/${encodeURIComponent(name)}`)
    const paths = [
      ...PAGES,
      ...services,
      `/traces/${'a'.repeat(31)}0?span=${'b'.repeat(15)}0`,
      `/traces/${'a'.repeat(31)}1?span=${'b'.repeat(15)}1`,
    ]
    for (const width of [1440, 390])
      for (const path of paths) {
        const { page, faults } = await openPage(browser, hub.url + path, { width })
        expect([path, width, faults]).toEqual([path, width, []])
        expect([path, width, await overflowOf(page)]).toEqual([path, width, 0])
        expect([path, await page.locator('img').count()]).toEqual([path, 0])
        expect(await page.evaluate(() => 'hit' in globalThis)).toBe(false)
        await page.context().close()
      }
  })
})

describe('with an API', () => {
  /** Faults of the network are those of the test. */
  const ownFaults = (faults: readonly string[]) =>
    faults.filter((fault) => !fault.startsWith('Failed to load resource'))

  beforeEach(async () => {
    const now = Date.now()
    for (const [at, count] of [
      [now - MINUTE, 60],
      [now, 120],
    ] as const)
      await sendRequests(hub, { service: 'shop' }, [{ route: '/', count }], at, now - 2 * MINUTE)
    await sendLines(hub, { service: 'shop' }, [{ at: now, body: 'hello' }])
  })

  test('that is slow: frames come first, and nothing moves when the answers arrive', async () => {
    for (const path of ['/', '/services/shop', '/traces', '/errors', '/hub']) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
      const page = await context.newPage()
      const answers = Promise.withResolvers<void>()
      await page.route('**/api/**', async (route) => {
        if (!route.request().url().includes('/api/live')) await answers.promise
        await route.continue().catch(() => undefined)
      })
      await page.addInitScript(() => {
        const shifts: number[] = []
        Object.assign(globalThis, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            shifts.push((entry as PerformanceEntry & { value: number }).value)
        }).observe({ type: 'layout-shift', buffered: true })
      })
      await page.goto(hub.url + path)
      await page.waitForSelector('h1')
      answers.resolve()
      await page.waitForSelector('main[aria-busy="false"]', { state: 'attached' })
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
      expect([path, shifts.reduce((sum, shift) => sum + shift, 0) < 0.1]).toEqual([path, true])
      await context.close()
    }
  })

  test.each(['/', '/services/shop', '/traces', '/logs', '/errors', '/explore', '/business', '/map', '/hub'])(
    'that fails: %s says so, and tries again',
    async (path) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      let isFailing = true
      await page.route('**/api/**', (route) =>
        isFailing && !route.request().url().includes('/api/live')
          ? route.fulfill({
              status: 500,
              contentType: 'application/json',
              body: '{"error":"The disk is full."}',
            })
          : route.continue(),
      )
      await page.goto(hub.url + path)
      await page.getByText('The disk is full.').first().waitFor()
      isFailing = false
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await page.waitForSelector('main[aria-busy="false"]', { state: 'attached' })
      expect(ownFaults(faults)).toEqual([])
      await context.close()
    },
  )

  test('whose stream is broken goes on, and says that it is', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await page.route('**/api/live*', (route) => route.abort())
    await page.goto(hub.url)
    await page.getByText('shop').first().waitFor()
    await page.locator('.live', { hasText: /broken|lost|reconnect|again/i }).waitFor()
    await context.close()
  })
})

test('times are those of the browser', async () => {
  const now = Date.now()
  await sendLines(hub, { service: 'shop' }, [{ at: now, body: 'hello' }])
  for (const timezone of ['Asia/Tokyo', 'America/New_York']) {
    const { page } = await openPage(browser, `${hub.url}/logs`, { timezone })
    const hour = new Date(now)
      .toLocaleTimeString('en-GB', { timeZone: timezone, hour: '2-digit' })
      .slice(0, 2)
    await page.locator('.log time').first().waitFor()
    expect((await page.locator('.log time').first().innerText()).slice(0, 2)).toBe(hour)
    await page.context().close()
  }
})
