import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Counter as OtherCounter, register as globalRegistry, Registry } from '@prometheus-io/client'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type Sightline } from '../src/index.ts'

let sightline: Sightline
let lines: string[]

beforeEach(() => {
  lines = []
  sightline = createSightline({
    service: 'test',
    log: { destination: { write: (line) => lines.push(line) } },
    metrics: { maxSeries: 3 },
  })
})
afterEach(() => sightline.close())

const samples = async (prefix: string) =>
  (await sightline.metrics.text()).split('\n').filter((line) => line.startsWith(prefix))

/** How many turns of the event loop others have while work is under way. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  let done = false
  const look = () => {
    turns++
    if (!done) setImmediate(look)
  }
  setImmediate(look)
  await work
  done = true
  return turns
}

describe('a business instrument', () => {
  it('counts, sets and observes under its labels', async () => {
    const { metrics } = sightline
    const orders = metrics.counter({ name: 'shop_orders_total', help: 'Orders.', labels: ['status'] })
    orders.inc({ status: 'paid' })
    orders.inc({ status: 'paid' }, 2)
    metrics.gauge({ name: 'shop_stock', help: 'Stock.' }).set(7)
    metrics.histogram({ name: 'shop_basket_items', help: 'Items.', buckets: [1, 5] }).observe(3)
    metrics.summary({ name: 'shop_wait_seconds', help: 'Wait.' }).observe(2)
    expect(await samples('shop_')).toEqual([
      'shop_orders_total{status="paid"} 3',
      'shop_stock 7',
      'shop_basket_items_bucket{le="1"} 0',
      'shop_basket_items_bucket{le="5"} 1',
      'shop_basket_items_bucket{le="+Inf"} 1',
      'shop_basket_items_sum 3',
      'shop_basket_items_count 1',
      'shop_wait_seconds{quantile="0.5"} 2',
      'shop_wait_seconds{quantile="0.9"} 2',
      'shop_wait_seconds{quantile="0.99"} 2',
      'shop_wait_seconds_sum 2',
      'shop_wait_seconds_count 1',
    ])
  })

  it('ends in one overflow series beyond the cap, and counts what did', async () => {
    const visits = sightline.metrics.counter({ name: 'visits_total', help: 'Visits.', labels: ['user'] })
    for (let user = 0; user < 1_000; user++) visits.inc({ user })
    expect(await samples('visits_total')).toEqual([
      'visits_total{user="0"} 1',
      'visits_total{user="1"} 1',
      'visits_total{user="2"} 1',
      'visits_total{user="overflow"} 997',
    ])
    expect(await samples('sightline_series_refused_total')).toEqual([
      'sightline_series_refused_total{metric="visits_total"} 997',
    ])
  })

  it('is the same when it is asked for again, and cannot be another', () => {
    const config = { name: 'jobs_total', help: 'Jobs.', labels: ['kind'] } as const
    expect(sightline.metrics.counter(config)).toBe(sightline.metrics.counter(config))
    expect(() => sightline.metrics.gauge(config)).toThrow(
      'metric jobs_total is a counter(kind) already and cannot be a gauge(kind) too: choose another name',
    )
    expect(() => sightline.metrics.counter({ name: 'http_requests_total', help: 'Mine.' })).toThrow(
      "metric http_requests_total is one of Sightline's own: choose another name",
    )
  })

  it('has its labels checked by the compiler', () => {
    const { metrics } = sightline
    const orders = metrics.counter({ name: 'orders_total', help: 'Orders.', labels: ['status'] })
    const visits = metrics.counter({ name: 'visits_total', help: 'Visits.' })
    visits.inc()
    visits.inc(2)
    orders.inc({ status: 'paid' })
    // @ts-expect-error there is no such label
    orders.inc({ color: 'red' })
    // @ts-expect-error the label is missing
    orders.inc()
    // @ts-expect-error there are no labels
    visits.inc({ status: 'paid' })
  })

  it('never throws into the code that uses it, and warns once', async () => {
    const orders = sightline.metrics.counter({ name: 'orders_total', help: 'Orders.', labels: ['status'] })
    for (let i = 0; i < 3; i++) {
      orders.inc({ color: 'red' } as never)
      orders.inc({ status: 'x' }, -1)
      orders.inc({ status: 'x' }, Number.NaN)
    }
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('it has no label \\"color\\", only: status')
  })

  it('carries an exemplar of the sampled trace that it was used in, and only of a sampled one', async () => {
    const jobs = sightline.metrics.counter({ name: 'jobs_total', help: 'Jobs.' })
    const from = (flags: string) =>
      sightline.context.extract({
        traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`,
      })
    sightline.context.run({}, () => jobs.inc(), from('00'))
    expect(await sightline.metrics.text('openmetrics')).not.toContain('# {')
    sightline.context.run({}, () => jobs.inc(), from('01'))
    expect(await sightline.metrics.text('openmetrics')).toMatch(
      /\njobs_total 2 # \{trace_id="0af7651916cd43dd8448eb211c80319c",span_id="[0-9a-f]{16}"\} 2 \d/,
    )
  })
})

describe('a scrape', () => {
  it('holds what was registered with the client itself, globally or in a registry of its own', async () => {
    const registry = new Registry()
    const other = createSightline({
      service: 'test',
      log: { level: 'silent' },
      metrics: { registries: [registry] },
    })
    new OtherCounter({ name: 'elsewhere_total', help: 'E.', registers: [registry] }).inc()
    new OtherCounter({ name: 'globally_total', help: 'G.' }).inc()
    const text = await other.metrics.text()
    globalRegistry.clear()
    expect(text).toContain('\nelsewhere_total 1\n')
    expect(text).toContain('\nglobally_total 1\n')
  })

  it('shows a name that two registries hold once, and says so', async () => {
    const registry = new Registry()
    const other = createSightline({
      service: 't',
      log: { destination: { write: (line) => lines.push(line) } },
      metrics: { registries: [registry] },
    })
    for (const registers of [[registry], [other.metrics.registry]])
      new OtherCounter({ name: 'twice_total', help: 'T.', registers }).inc()
    expect((await other.metrics.text()).match(/# TYPE twice_total/g)).toHaveLength(1)
    expect(lines.join()).toContain('metric twice_total failed')
  })

  it.each(['prometheus', 'openmetrics'] as const)(
    'escapes label values and help texts: %s',
    async (format) => {
      sightline.metrics
        .counter({ name: 'odd_total', help: 'A \\ and\na line.', labels: ['x'] })
        .inc({ x: 'a"b\\c\nd' })
      const text = await sightline.metrics.text(format)
      expect(text).toContain('odd_total{x="a\\"b\\\\c\\nd"} 1\n')
      expect(text).toContain('A \\\\ and\\na line.\n')
    },
  )

  it('lets others have their turn while it is long: with 100,000 series, a hundred times', async () => {
    hostOf(sightline).know(Array.from({ length: 5_000 }, (_, i) => ({ method: 'GET', route: `/r${i}` })))
    // Each look at the clock takes a millisecond, which is as long as a turn may take.
    let now = performance.now()
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now++)
    try {
      const scrape = sightline.metrics.text()
      expect(await turnsDuring(scrape)).toBeGreaterThanOrEqual(100)
      expect((await scrape).split('\n').length).toBeGreaterThan(100_000)
    } finally {
      clock.mockRestore()
    }
  })

  it('satisfies promtool', async () => {
    hostOf(sightline).know([{ method: 'GET', route: '/a/:id' }])
    sightline.metrics
      .counter({ name: 'shop_orders_total', help: 'Orders.', labels: ['status'] })
      .inc({ status: 'paid' })
    for (const naming of ['classic', 'otel'] as const) {
      const each = createSightline({ service: 'test', metrics: { naming }, log: { level: 'silent' } })
      hostOf(each).know([{ method: 'GET', route: '/a/:id' }])
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: await each.metrics.text(),
        encoding: 'utf8',
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })
})

describe('known routes', () => {
  it('have their series at 0 before anybody has asked for them, beyond the cap', async () => {
    hostOf(sightline).know(Array.from({ length: 10 }, (_, i) => ({ method: 'GET', route: `/r${i}` })))
    expect(
      (await samples('http_request_duration_seconds_count')).filter((line) => line.endsWith(' 0')),
    ).toHaveLength(10)
    expect(await samples('http_requests_total{method="GET",route="/r3"')).toEqual([
      'http_requests_total{method="GET",route="/r3",status="200"} 0',
      'http_requests_total{method="GET",route="/r3",status="500"} 0',
    ])
  })
})
