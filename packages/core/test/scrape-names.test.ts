import { spawnSync } from 'node:child_process'

import { afterEach, describe, expect, it } from '@jest/globals'
import { Counter, Gauge, Histogram, Registry, Summary } from '@prometheus-io/client'
import { startPrometheus } from '@sightline/servers'

import { createSightline, type MetricsOptions, type Sightline } from '../src/index.ts'
import { HOST_FAMILIES, RUNTIME_FAMILIES } from '../src/metrics/measured-families.ts'
import { violations } from './exposition-rules.ts'
import { servedEndpoints } from './probe.ts'

let sightline: Sightline | undefined
const lines: string[] = []

afterEach(async () => {
  lines.length = 0
  await sightline?.close()
})

function made(metrics: MetricsOptions = {}): Sightline {
  sightline = createSightline({
    service: 'test',
    log: { destination: { write: (line) => lines.push(line) } },
    metrics: { runtime: false, host: false, ...metrics },
  })
  return sightline
}

const CLIENTS = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary }
type Kind = keyof typeof CLIENTS

/** What cannot be told apart in a scrape, and in which formats. */
const PAIRS: ReadonlyArray<readonly [first: Kind, firstName: string, second: Kind, secondName: string]> = [
  ['counter', 'orders', 'counter', 'orders_total'],
  ['counter', 'orders_total', 'counter', 'orders'],
  ['counter', 'orders_total', 'gauge', 'orders'],
  ['counter', 'orders_total', 'gauge', 'orders_created'],
  ['gauge', 'orders_total', 'counter', 'orders'],
  ['histogram', 'basket', 'counter', 'basket_count'],
  ['counter', 'basket_bucket', 'histogram', 'basket'],
  ['histogram', 'basket', 'gauge', 'basket_sum'],
  ['histogram', 'basket', 'gauge', 'basket_created'],
  ['histogram', 'basket', 'histogram', 'basket_bucket'],
  ['summary', 'wait', 'gauge', 'wait_count'],
  ['gauge', 'wait_sum', 'summary', 'wait'],
  ['summary', 'wait', 'histogram', 'wait_sum'],
]

/** What looks alike and is not. */
const NEIGHBOURS: typeof PAIRS = [
  ['gauge', 'orders', 'gauge', 'orders_info'],
  ['gauge', 'wait', 'gauge', 'wait_seconds'],
  ['summary', 'wait', 'gauge', 'wait_bucket'],
  ['gauge', 'wait', 'gauge', 'wait_count'],
  ['histogram', 'wait', 'counter', 'wait_seconds_total'],
]

describe('two instruments that would be one in a scrape', () => {
  it.each(PAIRS)('cannot both be made: %s %s, %s %s', (first, firstName, second, secondName) => {
    const { metrics } = made()
    metrics[first]({ name: firstName, help: 'F.' })
    expect(() => metrics[second]({ name: secondName, help: 'S.' })).toThrow(
      `metric ${secondName} cannot be told from ${firstName} in a scrape, which is there already: choose another name`,
    )
  })

  it.each(NEIGHBOURS)('are not: %s %s, %s %s', async (first, firstName, second, secondName) => {
    const { metrics } = made()
    metrics[first]({ name: firstName, help: 'F.' })
    metrics[second]({ name: secondName, help: 'S.' })
    for (const format of ['prometheus', 'openmetrics'] as const)
      expect(violations(await metrics.text(format), format)).toEqual([])
  })

  it.each(PAIRS)(
    'are left out of scrapes, the second of them, with a warning: %s %s, %s %s',
    async (first, firstName, second, secondName) => {
      const [one, other] = [new Registry(), new Registry()]
      const { metrics } = made({ registries: [one, other] })
      one.registerMetric(new CLIENTS[first]({ name: firstName, help: 'F.', registers: [] }))
      other.registerMetric(new CLIENTS[second]({ name: secondName, help: 'S.', registers: [] }))
      const openmetrics = await metrics.text('openmetrics')
      expect(violations(openmetrics, 'openmetrics')).toEqual([])
      expect(openmetrics).toContain(`# TYPE ${firstName.replace(/_total$/, '')}`)
      expect(lines.join('')).toContain(`metric ${secondName} failed`)
      const plain = await metrics.text()
      expect(violations(plain, 'prometheus')).toEqual([])
      const { stderr } = spawnSync('promtool', ['check', 'metrics'], { input: plain, encoding: 'utf8' })
      expect(stderr).not.toMatch(/error while linting|second/)
      expect(lines).toHaveLength(1)
    },
  )

  it.each(['counter', 'gauge'] as const)('are refused beside metrics of Sightline: a %s', (kind) => {
    const { metrics } = made({ runtime: true, host: true })
    for (const name of ['http_requests', 'http_request_duration_seconds_count', 'sightline_series'])
      expect(() => metrics[kind]({ name, help: 'M.' })).toThrow("one of Sightline's own: choose another name")
    for (const { name, type } of [...RUNTIME_FAMILIES, ...HOST_FAMILIES]) {
      expect(() => metrics[kind]({ name, help: 'M.' })).toThrow("one of Sightline's own: choose another name")
      if (type === 'histogram')
        expect(() => metrics[kind]({ name: `${name}_count`, help: 'M.' })).toThrow("Sightline's own")
    }
  })

  it('are refused beside metrics of the application’s registries', () => {
    const registry = new Registry()
    const { metrics } = made({ registries: [registry] })
    registry.registerMetric(new Histogram({ name: 'lib_seconds', help: 'L.', registers: [] }))
    metrics.registry.registerMetric(new Counter({ name: 'own', help: 'O.', registers: [] }))
    expect(() => metrics.counter({ name: 'lib_seconds_count', help: 'M.' })).toThrow(
      'metric lib_seconds_count cannot be told from lib_seconds in a scrape, which is there already: choose another name',
    )
    expect(() => metrics.gauge({ name: 'own', help: 'M.' })).toThrow(
      'metric own is there already: choose another name',
    )
  })
})

describe('a naming of one’s own', () => {
  const labels = { method: 'method' } as const
  it('takes the place of all metrics of requests that it cannot be told from', async () => {
    const { metrics } = made({ naming: { histogram: { name: 'http_requests' }, labels } })
    for (const format of ['prometheus', 'openmetrics'] as const) {
      const text = await metrics.text(format)
      expect(violations(text, format)).toEqual([])
      expect(text).toContain('# TYPE http_requests histogram\n')
      expect(text).not.toContain('http_requests_total')
      expect(text).toContain('http_requests_in_progress')
    }
    expect(lines).toEqual([])
  })

  it.each([
    [{ histogram: { name: 'sightline_series' }, labels }],
    [{ histogram: { name: 'job_duration' }, summary: { name: 'job_duration_sum' }, labels }],
    [{ histogram: { name: 'latency' }, summary: { name: 'latency' }, labels }],
    [{ summary: { name: 'db_client_connection_count' }, labels }],
    [{ histogram: { name: 'latency', buckets: [2, 1] }, labels }],
    [{ summary: { name: 'latency', percentiles: [2] }, labels }],
    [{ summary: { name: 'latency', maxAgeSeconds: -1 }, labels }],
    [{ summary: { name: 'latency', ageBuckets: 0 }, labels }],
    [{ histogram: { name: 'latency' }, labels: { __name__: 'method' as const } }],
  ])('fails at the start where a scrape could not show it: %j', (naming) => {
    expect(() => createSightline({ service: 'test', metrics: { naming } })).toThrow(
      /^Sightline: (?:option )?metrics\.naming/,
    )
  })
})

it.each(['classic', 'otel'] as const)('has no name twice with everything switched on: %s', async (naming) => {
  const { metrics } = made({ naming, runtime: true, host: true })
  for (const format of ['prometheus', 'openmetrics'] as const) {
    const text = await metrics.text(format)
    expect(violations(text, format)).toEqual([])
    const known = new Set(
      [...RUNTIME_FAMILIES, ...HOST_FAMILIES].map(({ name }) => name.replace(/_total$/, '')),
    )
    const measured = [...text.matchAll(/^# TYPE ((?:process|nodejs|system)_\w+)/gm)]
    expect(
      measured.map(([, name = '']) => name.replace(/_total$/, '')).filter((name) => !known.has(name)),
    ).toEqual([])
  }
})

it('is read by Prometheus whole, in the format that it asks for', async () => {
  const registry = new Registry()
  const kit = made({ registries: [registry] })
  kit.metrics.counter({ name: 'orders_total', help: 'O.' }).inc(200)
  new Counter({ name: 'orders', help: 'O.', registers: [registry] }).inc(1)
  kit.metrics.histogram({ name: 'basket', help: 'B.', buckets: [1] }).observe(3)
  new Counter({ name: 'basket_count', help: 'B.', registers: [registry] }).inc(77)
  const { url, close } = await servedEndpoints(kit)
  const prometheus = await startPrometheus([{ address: new URL(url).host }])
  try {
    expect((await prometheus.scraped()).map(({ health, lastError }) => [health, lastError])).toEqual([
      ['up', ''],
    ])
    const valueOf = async (series: string) => (await prometheus.query(series)).map(({ value }) => value)
    expect(await valueOf('orders_total')).toEqual([200])
    expect(await valueOf('basket_count')).toEqual([1])
    expect(lines.join('')).toMatch(/metric orders failed[^]*metric basket_count failed/)
  } finally {
    await prometheus.stop()
    close()
  }
}, 60_000)
