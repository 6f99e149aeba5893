import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { buildDashboard } from '@sightline/dashboard'
import type { Browser } from 'playwright-core'

import { openBrowser, openPage, type View } from '../chromium.ts'
import { nextFrame } from '../hand.ts'
import { openHub } from '../hub.ts'
import { openShop } from '../shop.ts'
import { incidentOf } from './incident.ts'

/**
 * Takes pictures of all pages in both themes, with the data of `sightline demo` during the shop's incident:
 *
 *     pnpm pictures [--out browser/pictures] [--keep] [--width 390]
 */
const { values } = parseArgs({
  options: {
    /** The folder of the pictures. */
    out: {
      type: 'string',
      default: fileURLToPath(new URL('../../pictures', import.meta.url)),
    },
    width: { type: 'string', default: '1440' },
    /** Replaces the pictures of the README. */
    keep: { type: 'boolean', default: false },
  },
})

const DOCS = fileURLToPath(new URL('../../../docs/pictures', import.meta.url))
const THEMES = ['light', 'dark'] as const
/** Pixels of the pictures of the README: a page that is wider is too small to be read there. */
const DOCS_SIZE = { width: 1_280, height: 860 }

await buildDashboard()
const [browser, shop, empty] = await Promise.all([openBrowser(), openShop(), openHub()])
try {
  const pages = await incidentOf(shop.url)
  for (const theme of THEMES) {
    const view = { theme, width: Number(values.width), height: 1_000 }
    for (const [name, path] of Object.entries(pages))
      await take(browser, shop.url + path, join(values.out, `${name}-${theme}.png`), view)
    await take(browser, empty.url, join(values.out, `first-run-${theme}.png`), view)
    if (!values.keep) continue
    for (const name of ['overview', 'trace'] as const)
      await take(browser, shop.url + pages[name], join(DOCS, `${name}-${theme}.png`), { theme, ...DOCS_SIZE })
  }
} finally {
  await browser.close()
  await shop.close()
  await empty.close()
}

async function take(inBrowser: Browser, url: string, file: string, view: View): Promise<void> {
  mkdirSync(join(file, '..'), { recursive: true })
  const { page, faults } = await openPage(inBrowser, url, view)
  // What is loaded is drawn with the next frame.
  await nextFrame(page)
  await page.screenshot({ path: file })
  await page.context().close()
  process.stdout.write(`${file}\n${faults.map((fault) => `  ${fault}\n`).join('')}`)
}
