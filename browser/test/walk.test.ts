import { once } from 'node:events'

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser } from 'playwright-core'

import { startDemo } from '../../apps/demo/test/run.ts'
import { openBrowser, openPage } from '../src/chromium.ts'
import { handOn } from '../src/hand.ts'

// The demo has a day of its own, and a busy machine takes its time.
jest.setTimeout(300_000)

const MOST_CLICKS = 6
const SERVICES = ['storefront', 'orders', 'payments']

let browser: Browser
let demo: ReturnType<typeof startDemo>
let url: string
beforeAll(async () => {
  demo = startDemo('--incident')
  browser = await openBrowser()
  const [said, address = ''] = await demo.printed(/^Dashboard: (http:\/\/\S+)\n/)
  // It is the first line.
  expect(said).toMatch(/^Dashboard: /)
  url = address
})
afterAll(async () => {
  await browser?.close()
  demo?.child.kill('SIGTERM')
  // The second one ends it without the summary.
  demo?.child.kill('SIGTERM')
  if (demo !== undefined && demo.child.exitCode === null) await once(demo.child, 'exit')
})

test('from the Overview, few clicks lead to the log line of the checkout that failed, its trace and its cause', async () => {
  const { page, faults } = await openPage(browser, url)
  page.setDefaultTimeout(120_000)
  const hand = handOn(page)
  const services = page.getByRole('table', { name: 'Services' })
  // The page was open before anything arrived: it shows what arrives by itself.
  for (const name of SERVICES)
    await services.getByRole('rowheader', { name: new RegExp(`^${name}`) }).waitFor()

  // What is wrong, and what it began with.
  const verdict = page.locator('.verdict')
  await verdict
    .filter({ hasText: 'is failing' })
    .filter({ hasText: /payments 1\.4\.2/ })
    .waitFor()
  await page.locator('.story li', { hasText: /payments 1\.4\.2 replaced 1\.4\.1/ }).waitFor()

  // The share of checkouts that fail leads to the traces of them.
  const failing = verdict.getByRole('link', { name: /% of (?:the requests|POST)/ })
  await failing.waitFor()
  await hand.click(failing)
  await page.waitForURL((address) => address.pathname === '/traces')
  await hand.click(page.getByRole('table', { name: 'Traces' }).locator('tbody tr').getByRole('link').first())
  const rows = page.getByRole('treegrid').getByRole('row')
  await rows.first().waitFor()

  // The trace says what failed first, and leads to it.
  const spans = page.getByRole('treegrid')
  await hand.click(spans.getByRole('row', { name: /payments.*error|error.*payments/i }).first())
  const sheet = page.locator('aside.sheet')
  await sheet
    .getByRole('heading', { name: /payments|POST/ })
    .first()
    .waitFor()
  await hand.click(sheet.locator('.mini-logs a').last())

  // The line of the checkout, with all that it has.
  await page.waitForURL((address) => address.pathname === '/logs')
  await page.locator('.log[aria-expanded=true]', { hasText: /request failed/ }).waitFor()

  // The cause: the group of the error, with the version that brought it.
  await hand.click(page.getByRole('link', { name: 'Errors of this type' }))
  await page.locator('#issue').getByText('1.4.2').first().waitFor()
  expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)
  expect(faults).toEqual([])
})
