import { parseArgs } from 'node:util'

import { chromium } from 'playwright-core'
import { createServer } from 'vite'

/**
 * Takes a picture of a page that runs from its sources, with the data of a running hub:
 *
 *     node packages/dashboard/test/look/main.ts --hub http://127.0.0.1:4318 /services/payments --theme dark --out service.png
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hub: { type: 'string', default: process.env['SIGHTLINE_HUB'] ?? 'http://127.0.0.1:4318' },
    theme: { type: 'string', default: 'light' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '1000' },
    out: { type: 'string', default: 'page.png' },
    /** Selectors to click, one after the other. */
    click: { type: 'string', multiple: true, default: [] },
    /** A selector that the pointer goes over. */
    hover: { type: 'string' },
    /** Keys to press, one after the other. */
    press: { type: 'string', multiple: true, default: [] },
    /** Waits until this selector is there. */
    wait: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
})
process.env['SIGHTLINE_HUB'] = values.hub

const server = await createServer({
  configFile: new URL('../../vite.config.ts', import.meta.url).pathname,
  server: { port: 0, host: '127.0.0.1', hmr: false },
  logLevel: 'error',
})
await server.listen()
const address = server.resolvedUrls?.local[0] ?? ''

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
  ],
})
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
  })
  page.on('console', (message) => console.log(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => console.log(`error: ${error.stack ?? error.message}`))
  const url = new URL(positionals[0] ?? '/', address)
  url.searchParams.set('theme', values.theme)
  await page.goto(url.href)
  await page.waitForSelector(values.wait ?? 'main')
  // A picture for people: what is still to come is seen on it.
  if (values.wait === undefined) await page.waitForTimeout(2_500)
  for (const selector of values.click) await page.click(selector)
  if (values.hover !== undefined) await page.hover(values.hover)
  for (const key of values.press) await page.keyboard.press(key)
  if (values.click.length + values.press.length > 0 || values.hover !== undefined)
    await page.waitForTimeout(1_000)
  await page.screenshot({ path: values.out, fullPage: values.full })
  console.log(values.out)
} finally {
  await browser.close()
  await server.close()
}
