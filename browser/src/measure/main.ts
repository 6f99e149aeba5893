import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { buildDashboard } from '@sightline/dashboard'
import type { Browser } from 'playwright-core'

import { openBrowser } from '../chromium.ts'
import { openHub } from '../hub.ts'
import { sendLines, sendRequests, sendTrace } from '../telemetry.ts'
import { keepLongTasks, watch } from './watch.ts'

/**
 * Measures the pages in a real browser, and writes the table in docs/dashboard.md.
 *
 *     pnpm pages [--minutes 60] [--keep]
 */
const { values } = parseArgs({
  options: {
    /** How long lines arrive and charts go on. */
    minutes: { type: 'string', default: '1' },
    /** Writes the table into the document. */
    keep: { type: 'boolean', default: false },
  },
})

const DOCUMENT = new URL('../../../docs/dashboard.md', import.meta.url)
const LINES_PER_SECOND = 1_000
const SPANS = 10_000
const SERVICE = { service: 'shop' }

interface Row {
  readonly what: string
  readonly target: string
  readonly measured: string
}

const folder = await buildDashboard()
const hub = await openHub()
const browser = await openBrowser()
const rows: Row[] = []
try {
  rows.push(
    ...sizes(),
    ...(await firstPaint()),
    ...(await liveCharts()),
    ...(await liveLines()),
    ...(await longTrace()),
  )
} finally {
  await browser.close()
  await hub.close()
}
const table = tableOf(rows)
process.stdout.write(`${table}\n`)
if (values.keep) {
  const document = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(DOCUMENT, document.replace(/(<!-- pages -->\n)[^]*?(<!-- \/pages -->)/, `$1\n${table}\n$2`))
}

function sizes(): Row[] {
  const sum = (pattern: string) =>
    globSync(pattern, { cwd: join(folder, 'assets') }).reduce(
      (total, file) => total + statSync(join(folder, 'assets', file)).size,
      0,
    )
  return [
    { what: 'all styles, gzip', target: '≤ 12 KB', measured: kilobytes(sum('*.css.gz')) },
    { what: 'all scripts of all pages, gzip', target: '', measured: kilobytes(sum('*.js.gz')) },
  ]
}

async function opened(browserOf: Browser, path: string) {
  const context = await browserOf.newContext({ viewport: { width: 1440, height: 1000 } })
  const page = await context.newPage()
  await keepLongTasks(page)
  await page.goto(hub.url + path)
  return { page, close: () => context.close() }
}

async function firstPaint(): Promise<Row[]> {
  const now = Date.now()
  await sendRequests(hub, SERVICE, [{ route: '/', count: 60 }], now - 60_000, now - 120_000)
  const { page, close } = await opened(browser, '/')
  await page.getByText('shop').first().waitFor()
  const { paint, scripts } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    scripts: performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter((name) => name.endsWith('.js')),
  }))
  const shown = await page.evaluate(() => performance.now())
  await close()
  const loaded = scripts.reduce((total, name) => total + statSync(`${join(folder, name)}.gz`).size, 0)
  return [
    { what: 'scripts that the Overview loads, gzip', target: '≤ 70 KB', measured: kilobytes(loaded) },
    { what: 'first paint of the Overview', target: '', measured: `${Math.round(paint)} ms` },
    { what: 'its services are shown', target: '', measured: `${Math.round(shown)} ms` },
  ]
}

/** The charts of a service page, with new values each second. */
async function liveCharts(): Promise<Row[]> {
  const since = Date.now() - 3_600_000
  const { page, close } = await opened(browser, '/services/shop')
  await page.locator('.chart').first().waitFor()
  const charts = await page.locator('.chart').count()
  const seen = await watch(page, () =>
    each(1_000, async (second) => {
      await sendRequests(hub, SERVICE, [{ route: '/', count: 60 + second * 10 }], Date.now(), since)
    }),
  )
  await close()
  return liveRows(`${charts} charts, new values each second`, seen)
}

/** The tail of the log lines. */
async function liveLines(): Promise<Row[]> {
  const { page, close } = await opened(browser, '/logs')
  await page.locator('main[aria-busy="false"]').waitFor()
  const seen = await watch(page, () =>
    each(250, async (part) => {
      const lines = Array.from({ length: LINES_PER_SECOND / 4 }, (_, n) => ({
        at: Date.now(),
        body: `line ${part}-${n}`,
        severity: n % 50 === 0 ? 17 : 9,
        attributes: { route: '/orders/:id', status: '200', duration_ms: String(n) },
      }))
      await sendLines(hub, SERVICE, lines)
    }),
  )
  await close()
  return liveRows(`Logs, ${LINES_PER_SECOND} lines a second`, seen)
}

function liveRows(
  what: string,
  { longTasks, longest, heapBefore, heapAfter, busy }: Awaited<ReturnType<typeof watch>>,
): Row[] {
  const time = `${values.minutes} min`
  return [
    {
      what: `${what}, ${time}: tasks of more than 50 ms`,
      target: '0',
      measured: longTasks === 0 ? '0' : `${longTasks}, the longest ${Math.round(longest)} ms`,
    },
    {
      what: 'the same: heap before and after',
      target: 'flat',
      measured: `${heapBefore.toFixed(1)} and ${heapAfter.toFixed(1)} MB`,
    },
    { what: 'the same: work of the page', target: '', measured: `${(busy * 100).toFixed(1)} % of a core` },
  ]
}

async function longTrace(): Promise<Row[]> {
  const traceId = 'c'.repeat(32)
  const id = (n: number) => (n + 1).toString(16).padStart(16, '0')
  const spans = Array.from({ length: SPANS }, (_, n) => ({
    id: id(n),
    ...(n > 0 && { parent: id(Math.floor((n - 1) / 4)) }),
    name: `step ${n % 50}`,
    start: n / 10,
    duration: 1_000 - n / 11,
  }))
  await sendTrace(hub, SERVICE, traceId, Date.now() - 60_000, spans)
  const { page, close } = await opened(browser, '/alerts')
  await page.locator('main[aria-busy="false"]').waitFor()
  // The answer of the hub is apart: the page has it when it begins.
  const took = await page.evaluate(async (path) => {
    const answer = await fetch(`/api${path}`)
    const otlp = await answer.json()
    performance.mark('begin')
    Object.assign(globalThis, { fetch: () => Promise.resolve(Response.json(otlp)) })
    history.pushState(null, '', path)
    dispatchEvent(new PopStateEvent('popstate'))
    while (document.querySelector('.wf-row') === null) await new Promise(requestAnimationFrame)
    return performance.measure('took', 'begin').duration
  }, `/traces/${traceId}`)
  const { longest } = await watch(page, async () => {
    await page.locator('.wf-row').first().click()
    for (let n = 0; n < 30; n++) await page.keyboard.press('ArrowDown')
  })
  await close()
  return [
    {
      what: `a trace of ${SPANS} spans: from its data to its rows`,
      target: '≤ 300 ms',
      measured: `${Math.round(took)} ms`,
    },
    {
      what: 'the same: longest task while going through it',
      target: '≤ 50 ms',
      measured: longest === 0 ? 'below 50 ms' : `${Math.round(longest)} ms`,
    },
  ]
}

/** Does something at equal intervals for the wanted time. A round that takes longer delays the next one. */
async function each(intervalMs: number, round: (count: number) => Promise<void>): Promise<void> {
  const until = performance.now() + Number(values.minutes) * 60_000
  for (let count = 0; performance.now() < until; count++) {
    const next = performance.now() + intervalMs
    await round(count)
    await pause(Math.max(0, next - performance.now()))
  }
}

function tableOf(all: readonly Row[]): string {
  const head = ['| measure | target | measured |', '| --- | --- | ---: |']
  return [
    ...head,
    ...all.map(({ what, target, measured }) => `| ${what} | ${target} | ${measured} |`),
    '',
  ].join('\n')
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`
}
