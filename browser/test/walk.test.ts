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
  await demo?.ended()
})

test('from the Overview, few clicks lead to the log line of the checkout that failed, its trace and its cause', async () => {
  const { page, faults } = await openPage(browser, url)
  page.setDefaultTimeout(120_000)
  const hand = handOn(page)
  const services = page.getByRole('table', { name: /services/i })
  // The page was open before anything arrived: it shows what arrives by itself.
  for (const name of SERVICES)
    await services.getByRole('rowheader', { name: new RegExp(`^${name}`) }).waitFor()

  // Checkouts fail, and the Overview names the error that shoppers see.
  await page.locator('.verdict', { hasText: 'failing' }).getByRole('link', { name: /% of / }).waitFor()
  const errors = page.getByRole('table', { name: 'New and returning errors' })
  const slow = errors.getByRole('row').filter({ has: page.locator('[title*="bank took too long"]') })
  await hand.click(slow.filter({ hasText: 'storefront' }).getByRole('link', { name: 'ShopError' }))

  // The group of the error has the lines of a request. One of them is that of the checkout.
  const group = page.locator('#issue')
  await group.getByText('/carts/:cartId/checkout').first().waitFor()
  const checkout = group.locator('.mini-logs li', { hasText: 'route=/carts/:cartId/checkout' })
  await hand.click(checkout.getByRole('link', { name: 'request failed' }))
  const line = page.locator('.log[aria-expanded=true]')
  await line.filter({ hasText: /request failed.*\/carts\/:cartId\/checkout.*50\d/ }).waitFor()

  // The line has a trace, in which the span of the checkout is open.
  await hand.click(page.getByRole('link', { name: 'Open trace' }))
  const spans = page.getByRole('treegrid').getByRole('row')
  const sheet = page.locator('aside.sheet')
  await sheet.getByText('/carts/:cartId/checkout').first().waitFor()

  // Its time went into the release of payments that is at fault.
  await hand.click(spans.filter({ hasText: /^POST \/payments(?!\/)/ }).first())
  await sheet.getByText(/payments 1\.4\.2 on/).waitFor()
  expect(hand.clicks).toBeLessThanOrEqual(MOST_CLICKS)
  expect(faults).toEqual([])
})
