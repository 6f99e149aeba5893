import { globSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { buildDashboard } from '@sightline/dashboard'
import type { Browser } from 'playwright-core'

import { openBrowser, openPage } from '../src/chromium.ts'
import { openHub, type TestHub } from '../src/hub.ts'
import { PAGES } from '../src/pages.ts'
import { sendLines, sendTrace } from '../src/telemetry.ts'

// Each test opens many pages.
jest.setTimeout(600_000)

const KB = 1_000
let browser: Browser
let hub: TestHub
let folder: string
beforeAll(async () => {
  folder = await buildDashboard()
  ;[browser, hub] = await Promise.all([openBrowser(), openHub()])
})
afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

const gzipped = (file: string) => statSync(`${join(folder, 'assets', file)}.gz`).size

describe('the size', () => {
  test('of all styles is at most 12 KB', () => {
    const styles = globSync('*.css', { cwd: join(folder, 'assets') })
    expect(styles.reduce((sum, file) => sum + gzipped(file), 0)).toBeLessThanOrEqual(12 * KB)
  })

  test.each([...PAGES, '/services/shop', '/traces/0af7651916cd43dd8448eb211c80319c'])(
    'of the scripts that %s loads is at most 70 KB',
    async (path) => {
      const { page } = await openPage(browser, hub.url + path)
      const scripts = await page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
      )
      const files = new Set(scripts.filter((name) => name.endsWith('.js')).map((name) => basename(name)))
      const size = [...files].reduce((sum, file) => sum + gzipped(file), 0)
      expect(size).toBeGreaterThan(10 * KB)
      expect(size).toBeLessThanOrEqual(70 * KB)
      await page.context().close()
    },
  )
})

test('pages load nothing from elsewhere, and names with a hash are kept for good', async () => {
  const { page } = await openPage(browser, hub.url)
  const origins = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
  )
  expect(new Set(origins)).toEqual(new Set([hub.url]))
  const [script = ''] = globSync('*.js', { cwd: join(folder, 'assets') })
  const response = await fetch(`${hub.url}/assets/${script}`, { headers: { 'accept-encoding': 'br' } })
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(response.headers.get('content-encoding')).toBe('br')
  const html = await fetch(hub.url)
  expect(html.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(await html.text()).not.toMatch(/<script>|<style|style="/)
  await page.context().close()
})

test('a trace of 10,000 spans has few rows in the page', async () => {
  const traceId = 'c'.repeat(32)
  const id = (n: number) => (n + 1).toString(16).padStart(16, '0')
  const spans = Array.from({ length: 10_000 }, (_, n) => ({
    id: id(n),
    ...(n > 0 && { parent: id(Math.floor((n - 1) / 4)) }),
    name: `step ${n % 50}`,
    start: n / 10,
    duration: 1_000 - n / 11,
  }))
  await sendTrace(hub, { service: 'shop' }, traceId, Date.now(), spans)
  const { page, faults } = await openPage(browser, `${hub.url}/traces/${traceId}`)
  const rows = await page.locator('.wf-row').count()
  expect(rows).toBeGreaterThan(10)
  expect(rows).toBeLessThan(200)
  await page.locator('.wf-row').first().click()
  for (let n = 0; n < 20; n++) await page.keyboard.press('ArrowDown')
  await page.locator('.wf-row[aria-selected="true"]').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('log lines that arrive for long do not pile up in the page', async () => {
  const { page, faults } = await openPage(browser, `${hub.url}/logs`)
  const lines = (from: number) =>
    Array.from({ length: 1_000 }, (_, n) => ({ at: Date.now(), body: `line ${from + n}` }))
  for (let n = 0; n < 20; n++) await sendLines(hub, { service: 'shop' }, lines(n * 1_000))
  await page.getByText('line 19999', { exact: false }).first().waitFor()
  expect(await page.locator('.log').count()).toBeLessThan(400)
  expect(faults).toEqual([])
  await page.context().close()
})

test('the sources of the pages have no markup from text', () => {
  const sources = join(dirname(fileURLToPath(import.meta.resolve('@sightline/dashboard'))), 'src')
  for (const file of globSync('**/*.{ts,tsx}', { cwd: sources })) {
    const text = readFileSync(join(sources, file), 'utf8')
    expect([
      file,
      /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|eval\(/.test(text),
    ]).toEqual([file, false])
  }
})
