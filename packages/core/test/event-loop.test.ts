import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Gauge, Registry } from '@prometheus-io/client'

import type { Sightline } from '../src/index.ts'
import { quiet } from './probe.ts'

const registry = new Registry()
let sightline: Sightline

beforeEach(() => {
  registry.clear()
  sightline = quiet({ metrics: { host: false, registries: [registry] } })
})
afterEach(() => sightline.close())

type Figures = ReadonlyMap<string, number>

async function scraped(): Promise<Figures> {
  const lines = (await sightline.metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('nodejs_eventloop_'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

const COUNT = 'nodejs_eventloop_delay_seconds_count'
const slow = (figures: Figures) =>
  (figures.get(COUNT) ?? Number.NaN) -
  (figures.get('nodejs_eventloop_delay_seconds_bucket{le="0.1"}') ?? Number.NaN)

/** Scrapes until so many more samples of the delay have been taken. */
async function sampled(more: number): Promise<Figures> {
  const start = (await scraped()).get(COUNT) ?? 0
  const deadline = Date.now() + 10_000
  let figures: Figures
  do {
    const turn = Promise.withResolvers<void>()
    setTimeout(turn.resolve, 50)
    await turn.promise
    figures = await scraped()
  } while ((figures.get(COUNT) ?? 0) < start + more && Date.now() < deadline)
  return figures
}

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** A gauge that keeps the event loop whenever somebody scrapes. */
const slowToCollect = () =>
  new Gauge({ name: 'slow', help: 'S.', registers: [registry], collect: () => block(300) })

it('sees what keeps the event loop', async () => {
  const before = slow(await sampled(2))
  block(300)
  const after = await sampled(2)
  expect(slow(after)).toBeGreaterThan(before)
  expect(after.get('nodejs_eventloop_delay_seconds_sum')).toBeGreaterThan(0.25)
})

it('does not take a scrape that keeps the event loop for what the service suffers', async () => {
  await sampled(2)
  slowToCollect()
  const before = slow(await scraped())
  const after = slow(await sampled(12))
  // On a busy machine the loop may have been kept by others; each scrape would have been one more.
  expect(after - before).toBeLessThan(2)
})

it('has the figures of the delay under the names of prom-client', async () => {
  const figures = await sampled(5)
  const lag = (name: string) => figures.get(`nodejs_eventloop_lag_${name}_seconds`) ?? Number.NaN
  for (const name of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
    expect(lag(name)).toBeGreaterThanOrEqual(0)
  expect(lag('min')).toBeLessThanOrEqual(lag('mean'))
  expect(lag('mean')).toBeLessThanOrEqual(lag('max'))
  expect(lag('p50')).toBeLessThanOrEqual(lag('p99'))
  expect(figures.get('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0)
})

const RATIO = 'nodejs_eventloop_utilization_ratio'

/** How busy the loop was over a second in which it had work, then 50 ms without, then a scrape, and so on. */
async function utilization(work: () => void, of = sightline, series = RATIO): Promise<number> {
  const ratios = new Set<string>()
  for (let round = 0; round < 40; round++) {
    const text = await of.metrics.text()
    const at = text.indexOf(`\n${series} `)
    ratios.add(text.slice(at + series.length + 2, text.indexOf('\n', at + 1)))
    // The first is of the time before, and the second of some of it.
    if (ratios.size === 3) break
    const idle = Promise.withResolvers<void>()
    setTimeout(idle.resolve, 50)
    await idle.promise
    work()
  }
  return Number([...ratios][2])
}

describe('the share of time in which the loop was busy', () => {
  it('has what the service does', async () => {
    expect(await utilization(() => block(300))).toBeGreaterThan(0.5)
  }, 20_000)

  it('has nothing of what is collected for scrapes', async () => {
    slowToCollect()
    expect(await utilization(() => {})).toBeLessThan(0.5)
  }, 20_000)

  it('has nothing of adding up what workers have told', async () => {
    const wide = new Gauge({ name: 'wide', help: 'W.', labelNames: ['n'], registers: [registry] })
    for (let n = 0; n < 100_000; n++) wide.set({ n }, n)
    const whole = quiet({ metrics: { host: false, registries: [registry], workers: true } })
    try {
      expect(await utilization(() => {}, whole, `${RATIO}{worker="main"}`)).toBeLessThan(0.5)
    } finally {
      await whole.close()
    }
  }, 30_000)
})
