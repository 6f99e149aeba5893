import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser } from 'playwright-core'

import { axeFindings } from '../src/axe.ts'
import { openBrowser, openPage } from '../src/chromium.ts'
import { openShop, type Shop } from '../src/shop.ts'

// Each test opens many pages.
jest.setTimeout(600_000)

let browser: Browser
let shop: Shop
beforeAll(async () => {
  ;[browser, shop] = await Promise.all([openBrowser(), openShop()])
})
afterAll(async () => {
  await browser?.close()
  await shop?.close()
})

const PAGES = [
  '/',
  '/services/payments',
  '/traces',
  '/logs',
  '/errors',
  '/explore',
  '/business',
  '/map',
  '/alerts',
  '/hub',
]

/** The addresses of a trace and of an error group, which differ from run to run. */
async function furtherPages(): Promise<string[]> {
  const ask = async (path: string) => (await fetch(shop.url + path)).json()
  const { traces } = (await ask('/api/traces?q=status:5xx&limit=1')) as { traces: Array<{ traceId: string }> }
  const { errors } = (await ask('/api/errors?limit=1')) as { errors: Array<{ fingerprint: string }> }
  return [`/traces/${traces[0]?.traceId}`, `/errors/${errors[0]?.fingerprint}`]
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each([1440, 1024, 390])('every page is sound at %d pixels', async (width) => {
    for (const path of [...PAGES, ...(await furtherPages())]) {
      const { page, faults } = await openPage(browser, shop.url + path, { theme, width })
      expect([path, await page.locator('h1').count()]).toEqual([path, 1])
      expect([path, faults]).toEqual([path, []])
      // The widths between have the same elements.
      if (width !== 1024) expect([path, await axeFindings(page)]).toEqual([path, []])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect([path, overflow]).toEqual([path, 0])
      await page.context().close()
    }
  })
})
