import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** The serious and critical findings of axe on a page, as sentences with the elements. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Not by a script element: the page's policy does not allow one.
  await page.evaluate(SOURCE)
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>(
    // Runs in the browser.
    `globalThis.axe.run(document, { resultTypes: ['violations'] })`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary ?? ''}`),
    )
}
