import { once } from 'node:events'
import { connect } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Counter, Gauge, type GaugeConfiguration, Histogram, Registry } from '@prometheus-io/client'

import { hostOf } from '../src/adapter/index.ts'
import type { Sightline } from '../src/index.ts'
import { quiet, type Served, servedEndpoints } from './probe.ts'

let sightline: Sightline
let served: Served
const registry = new Registry()

beforeEach(async () => {
  registry.clear()
  sightline = quiet({ metrics: { host: false, registries: [registry], maxSeries: 3 } })
  served = await servedEndpoints(sightline)
})
afterEach(async () => {
  served.close()
  await sightline.close()
})

const scrape = async (accept = 'text/plain') => (await served.get('/metrics', { headers: { accept } })).text()
const sampleOf = (text: string, series: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1)

/** A gauge of the other registry. */
const gauge = (config: GaugeConfiguration<string>) => new Gauge({ ...config, registers: [registry] })

/** Routes of a service that is far too big. */
const manyRoutes = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ method: 'GET', route: `/shelf-${i}/orders/:id` }))

describe('a scrape', () => {
  it('arrives whole, however many pieces it is sent in', async () => {
    hostOf(sightline).know(manyRoutes(1_000))
    const response = await served.get('/metrics')
    const body = Buffer.from(await response.arrayBuffer())
    expect(body.length).toBeGreaterThan(1_000_000)
    expect(Number(response.headers.get('content-length'))).toBe(body.length)
    const counts = body.toString().match(/^http_request_duration_seconds_count\{.*\} 0$/gm)
    expect(counts).toHaveLength(1_000)
    expect((await served.get('/metrics', { method: 'HEAD' })).headers.get('content-length')).toMatch(
      /^\d{7}$/,
    )
  })

  it('keeps no line of characters apart where a piece ends', async () => {
    const labels = Array.from({ length: 2_000 }, (_, i) => ({ name: `${'ÄÖ€😀'.repeat(8)}${i}` }))
    const odd = gauge({ name: 'odd', help: 'O.', labelNames: ['name'] })
    for (const each of labels) odd.set(each, 1)
    const text = await scrape()
    for (const { name } of labels) expect(text).toContain(`odd{name="${name}"} 1\n`)
  })

  it('is written once for all who ask at the same time, each format for itself', async () => {
    let collected = 0
    const both = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    gauge({
      name: 'collected',
      help: 'C.',
      async collect() {
        this.set(++collected)
        if (collected === 2) both.resolve()
        await finish.promise
      },
    })
    const asked = [scrape(), scrape(), scrape(), scrape('application/openmetrics-text')]
    await both.promise
    // The two that came later have had time to be read as well.
    await Promise.all([served.get('/health/live'), served.get('/health/live')])
    finish.resolve()
    const texts = await Promise.all(asked)
    expect(collected).toBe(2)
    expect(texts[1]).toBe(texts[0])
    expect(texts[3]).toMatch(/# EOF\n$/)
    await scrape()
    expect(collected).toBe(3)
  })

  it('collects side by side what has to be collected', async () => {
    const all = Promise.withResolvers<void>()
    let waiting = 0
    for (const name of ['first', 'second', 'third']) {
      gauge({
        name,
        help: 'G.',
        async collect() {
          if (++waiting === 3) all.resolve()
          await all.promise
          this.set(1)
        },
      })
    }
    expect(await scrape()).toContain('\nthird 1\n')
  })

  it('loses a metric that cannot be collected, and nothing else', async () => {
    gauge({
      name: 'uncollectable',
      help: 'U.',
      collect: () => Promise.reject(new Error('no connection')),
    })
    new Counter({ name: 'sound_total', help: 'S.', registers: [registry] }).inc(4)
    const text = await scrape()
    expect(sampleOf(text, 'sound_total')).toBe('4')
    expect(text).not.toContain('uncollectable')
    expect(sampleOf(await scrape(), 'sightline_faults_total{source="a metric of a registry"}')).toBe('2')
  })

  it('leaves out a metric whose collector hangs, in that scrape', async () => {
    const never = Promise.withResolvers<void>()
    const hangs = gauge({ name: 'hangs', help: 'H.', collect: () => never.promise })
    expect(sampleOf(await scrape(), 'hangs')).toBeUndefined()
    never.resolve()
    hangs.set(3)
    const text = await scrape()
    expect(sampleOf(text, 'hangs')).toBe('3')
    expect(sampleOf(text, 'sightline_faults_total{source="a metric of a registry"}')).toBe('1')
  })

  it('writes another registry as that would write itself, default labels included', async () => {
    registry.setDefaultLabels({ app: 'shop' })
    const histogram = new Histogram({
      name: 'lib_seconds',
      help: 'L.',
      labelNames: ['op'],
      buckets: [0.1, 1],
      registers: [registry],
    })
    histogram.observe({ op: 'read' }, 0.5)
    histogram.observe({ op: 'write' }, 5)
    new Gauge({ name: 'lib_open', help: 'O.', labelNames: ['app'], registers: [registry] }).set(
      { app: 'own' },
      2,
    )
    const text = await scrape()
    const sorted = (line: string) =>
      line.replace(/\{(.*)\}/, (_, inside: string) => `{${inside.split(',').toSorted().join()}}`)
    const expected = (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('lib_'))
      .map(sorted)
    expect(expected).toHaveLength(11)
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('lib_'))
        .map(sorted),
    ).toEqual(expected)
  })

  it('is given up when its reader has gone, and the next one gets its own', async () => {
    hostOf(sightline).know(manyRoutes(3_000))
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'readable')
    socket.destroy()
    expect(await scrape()).toContain('service_info{')
    expect(await scrape()).not.toContain('sightline_faults_total{')
  })
})

describe('what Sightline tells of itself', () => {
  it('is how many label sets each instrument has', async () => {
    const visits = sightline.metrics.counter({ name: 'visits_total', help: 'V.', labels: ['user'] })
    const stock = sightline.metrics.gauge({ name: 'stock', help: 'S.' })
    hostOf(sightline).know(manyRoutes(5))
    visits.inc({ user: 1 })
    visits.inc({ user: 2 })
    stock.set(1)
    const text = await scrape()
    expect(sampleOf(text, 'sightline_series{metric="http_request_duration_seconds"}')).toBe('5')
    expect(sampleOf(text, 'sightline_series{metric="http_requests_total"}')).toBe('10')
    expect(sampleOf(text, 'sightline_series{metric="visits_total"}')).toBe('2')
    expect(sampleOf(text, 'sightline_series{metric="stock"}')).toBe('1')
    for (let user = 0; user < 10; user++) visits.inc({ user })
    // Three and the overflow.
    expect(sampleOf(await scrape(), 'sightline_series{metric="visits_total"}')).toBe('4')
  })

  it('is the duration and the size of scrapes', async () => {
    const first = await scrape()
    const second = await scrape()
    expect(sampleOf(first, 'sightline_scrape_duration_seconds_count')).toBeUndefined()
    expect(sampleOf(second, 'sightline_scrape_duration_seconds_count')).toBe('1')
    expect(sampleOf(second, 'sightline_scrape_size_bytes')).toBe(String(Buffer.byteLength(first)))
  })

  it('is how often sinks and functions of others have failed, from 0 on for sinks', async () => {
    const other = quiet({
      metrics: { runtime: false, host: false },
      sinks: [
        {
          name: 'audit',
          write: () => {
            throw new Error('full')
          },
        },
      ],
    })
    expect(sampleOf(await other.metrics.text(), 'sightline_sink_errors_total{sink="audit"}')).toBe('0')
    const orders = other.metrics.counter({ name: 'orders_total', help: 'O.', labels: ['status'] })
    for (let i = 0; i < 7; i++) orders.inc({ colour: 'red' } as never)
    const text = await other.metrics.text()
    expect(sampleOf(text, 'sightline_faults_total{source="metric orders_total"}')).toBe('7')
    await other.close()
  })
})
