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
  let figures: Figures
  do {
    await turnAfter(50)
    figures = await scraped()
  } while ((figures.get(COUNT) ?? 0) < start + more)
  return figures
}

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** A gauge that keeps the event loop whenever somebody scrapes. Counts the scrapes. */
function slowToCollect() {
  const counted = { scrapes: 0 }
  const collect = () => {
    counted.scrapes++
    block(300)
  }
  new Gauge({ name: 'slow', help: 'S.', registers: [registry], collect }).set(0)
  return counted
}

it('sees what keeps the event loop', async () => {
  const before = slow(await sampled(2))
  block(300)
  const after = await sampled(2)
  expect(slow(after)).toBeGreaterThan(before)
  expect(after.get('nodejs_eventloop_delay_seconds_sum')).toBeGreaterThan(0.25)
})

it('does not take a scrape that keeps the event loop for what the service suffers', async () => {
  await sampled(2)
  const before = slow(await scraped())
  const counted = slowToCollect()
  const after = slow(await sampled(12))
  // On a busy machine the loop may have been kept by others; each scrape would have been one more.
  expect(counted.scrapes).toBeGreaterThan(3)
  expect(after - before).toBeLessThan(counted.scrapes / 2)
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

/** How busy the loop was: by the kit, and by node's own account between the scrapes and with them, in the same window. */
interface Utilization {
  readonly told: number
  readonly between: number
  readonly throughout: number
}

/** How busy the loop was over a second and more of which each round has 300 ms without work, work, and a scrape. */
async function utilization(work: () => void, of = sightline, series = RATIO): Promise<Utilization> {
  const text = async () => {
    const all = await of.metrics.text()
    const at = all.indexOf(`\n${series} `)
    return all.slice(at + series.length + 2, all.indexOf('\n', at + 1))
  }
  let between = { active: 0, idle: 0 }
  let throughout = { active: 0, idle: 0 }
  let told = await text()
  // The first window is of the time before, and the second of some of it.
  for (let windows = 0; ;) {
    const began = performance.eventLoopUtilization()
    await turnAfter(300)
    work()
    between = sum(between, performance.eventLoopUtilization(began))
    throughout = sum(throughout, performance.eventLoopUtilization(began))
    const scrapeBegan = performance.eventLoopUtilization()
    const next = await text()
    if (next !== told && ++windows === 2)
      return { told: Number(next), between: shareOf(between), throughout: shareOf(throughout) }
    if (next !== told) between = throughout = { active: 0, idle: 0 }
    told = next
    throughout = sum(throughout, performance.eventLoopUtilization(scrapeBegan))
  }
}

type Times = Readonly<Record<'active' | 'idle', number>>

const sum = (one: Times, other: Times): Times => ({
  active: one.active + other.active,
  idle: one.idle + other.idle,
})
const shareOf = ({ active, idle }: Times) => active / (active + idle)

async function turnAfter(ms: number): Promise<void> {
  const turn = Promise.withResolvers<void>()
  setTimeout(turn.resolve, ms)
  await turn.promise
}

/** That the kit has told the share between the scrapes, and not the one with them, which is a different one. */
function expectWithoutScrapes({ told, between, throughout }: Utilization): void {
  expect(throughout - between).toBeGreaterThan(0.1)
  expect(Math.abs(told - between)).toBeLessThan((throughout - between) / 2)
}

describe('the share of time in which the loop was busy', () => {
  it('has what the service does', async () => {
    const { told, between } = await utilization(() => block(300))
    expect(told).toBeGreaterThan(between / 2)
  })

  it('has nothing of what is collected for scrapes', async () => {
    slowToCollect()
    expectWithoutScrapes(await utilization(() => {}))
  })

  it('has nothing of adding up what workers have told', async () => {
    const wide = new Gauge({ name: 'wide', help: 'W.', labelNames: ['n'], registers: [registry] })
    for (let n = 0; n < 30_000; n++) wide.set({ n }, n)
    const whole = quiet({ metrics: { host: false, registries: [registry], workers: true } })
    try {
      expectWithoutScrapes(await utilization(() => {}, whole, `${RATIO}{worker="main"}`))
    } finally {
      await whole.close()
    }
  })
})
