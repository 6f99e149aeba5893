import { performance } from 'node:perf_hooks'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
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

/** Scrapes until the delay has the given number of further samples. */
async function sampled(more: number): Promise<Figures> {
  const start = (await scraped()).get(COUNT) ?? 0
  let figures: Figures
  do {
    await turnAfter(50)
    figures = await scraped()
  } while ((figures.get(COUNT) ?? 0) < start + more)
  return figures
}

async function turnAfter(ms: number): Promise<void> {
  const turn = Promise.withResolvers<void>()
  setTimeout(turn.resolve, ms)
  await turn.promise
}

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

it('sees what keeps the event loop', async () => {
  const before = slow(await sampled(2))
  block(300)
  const after = await sampled(2)
  expect(slow(after)).toBeGreaterThan(before)
  expect(after.get('nodejs_eventloop_delay_seconds_sum')).toBeGreaterThan(0.25)
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

/** Replaces node's clocks, so that only what a test says takes time, whatever the machine does. */
class Clock implements Disposable {
  /** What each look at the clock takes. Long work looks at it again and again. */
  lookMs = 0
  #active = performance.eventLoopUtilization().active
  #idle = performance.eventLoopUtilization().idle
  readonly #start = performance.now() - this.#active - this.#idle
  readonly #spies = [
    jest.spyOn(performance, 'now').mockImplementation(() => {
      this.work(this.lookMs)
      return this.#start + this.#active + this.#idle
    }),
    jest.spyOn(performance, 'eventLoopUtilization').mockImplementation((since) => {
      const active = this.#active - (since?.active ?? 0)
      const idle = this.#idle - (since?.idle ?? 0)
      return { active, idle, utilization: active / (active + idle) }
    }),
  ]

  work(ms: number): void {
    this.#active += ms
  }

  rest(ms: number): void {
    this.#idle += ms
  }

  [Symbol.dispose](): void {
    for (const spy of this.#spies) spy.mockRestore()
  }
}

/** A gauge that blocks the event loop at each scrape. Counts the scrapes. */
function slowToCollect(clock: Clock) {
  const counted = { scrapes: 0 }
  const collect = () => {
    counted.scrapes++
    clock.work(300)
  }
  new Gauge({ name: 'slow', help: 'S.', registers: [registry], collect }).set(0)
  return counted
}

const RATIO = 'nodejs_eventloop_utilization_ratio'

/** Ten rounds of 300 ms without work, work, and a scrape. Resolves to what the last scrapes have told. */
async function utilization(
  clock: Clock,
  work: () => void,
  of = sightline,
  series = RATIO,
): Promise<number[]> {
  const told: number[] = []
  for (let round = 0; round < 10; round++) {
    clock.rest(300)
    work()
    const lines = (await of.metrics.text()).split('\n')
    told.push(Number(lines.find((line) => line.startsWith(`${series} `))?.split(' ')[1]))
  }
  // The first windows have some of the time before.
  return told.slice(-4)
}

describe('where a test says what takes time', () => {
  // One for all: node's clocks never go back.
  let clock: Clock
  beforeAll(() => {
    clock = new Clock()
  })
  afterAll(() => clock[Symbol.dispose]())

  it('does not take a scrape that keeps the event loop for what the service suffers', async () => {
    await sampled(2)
    const before = slow(await scraped())
    const counted = slowToCollect(clock)
    const after = slow(await sampled(12))
    expect(counted.scrapes).toBeGreaterThan(3)
    expect(after).toBe(before)
  })

  describe('the share of time in which the loop was busy', () => {
    it('has what the service does', async () => {
      for (const share of await utilization(clock, () => clock.work(100))) expect(share).toBeCloseTo(0.25, 9)
    })

    it('has nothing of what is collected for scrapes', async () => {
      slowToCollect(clock)
      for (const share of await utilization(clock, () => clock.work(100))) expect(share).toBeCloseTo(0.25, 9)
    })

    it('has nothing of adding up what workers have told', async () => {
      const wide = new Gauge({ name: 'wide', help: 'W.', labelNames: ['n'], registers: [registry] })
      for (let n = 0; n < 30_000; n++) wide.set({ n }, n)
      const whole = quiet({ metrics: { host: false, registries: [registry], workers: true } })
      clock.lookMs = 10
      try {
        // The sampling looks at the clock as well, a few times in a round.
        for (const share of await utilization(clock, () => {}, whole, `${RATIO}{worker="main"}`))
          expect(share).toBeLessThan(0.4)
      } finally {
        clock.lookMs = 0
        await whole.close()
      }
    })
  })
})
