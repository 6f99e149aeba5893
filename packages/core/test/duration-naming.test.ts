import { afterEach, describe, expect, it } from '@jest/globals'
import { Registry } from '@prometheus-io/client'

import {
  createSightline,
  type DurationNaming,
  type MetricsOptions,
  type RequestRecord,
  type Sightline,
} from '../src/index.ts'
import { renamedMetrics } from '../src/metrics/renamed.ts'
import {
  type ExpressPromBundleOptions,
  type FastifyMetricsOptions,
  fromExpressPromBundle,
  fromFastifyMetrics,
} from '../src/migrate/index.ts'
import { linesOf } from '../src/series/exposition.ts'
import { settingsFrom } from '../src/settings/settings.ts'
import { record } from './record.ts'

const OWN: DurationNaming = {
  histogram: { name: 'latency_seconds', help: 'Latency.', buckets: [0.1, 1] },
  labels: { verb: 'method', where: 'route', code: 'status' },
}

/** What records make of the metrics under some options. */
function measured(options: MetricsOptions) {
  const faults: string[] = []
  const registry = new Registry()
  const { naming, ...rest } = settingsFrom({ metrics: options }, {}).metrics
  if (typeof naming === 'string') throw new Error(`the naming is ${naming}`)
  const fault = (source: string, error: unknown) => void faults.push(`${source}: ${String(error)}`)
  const metrics = renamedMetrics(naming, { ...rest, registry, fault })
  return {
    ...metrics,
    faults,
    write(...differences: ReadonlyArray<Partial<RequestRecord>>) {
      for (const each of differences) {
        metrics.begin?.(each.method ?? 'GET', 'http')
        metrics.write(record(each))
      }
    },
    async samples(prefix: string) {
      const shown = [...metrics.families()].map((family) => [...linesOf(family, 'prometheus')].join(''))
      const lines = [...shown, await registry.metrics()].join('').split('\n')
      return lines.filter((line) => line.startsWith(prefix))
    },
  }
}

describe('a naming of one’s own', () => {
  it('names the histogram, its labels and its buckets, beside the metrics whose names are free', async () => {
    const { write, samples } = measured({ naming: OWN })
    write(
      { durationMs: 50 },
      { durationMs: 500, status: undefined, outcome: 'aborted' },
      { route: undefined },
    )
    expect(await samples('latency_seconds_')).toEqual([
      'latency_seconds_bucket{verb="GET",where="/r",code="200",le="0.1"} 1',
      'latency_seconds_bucket{verb="GET",where="/r",code="200",le="1"} 1',
      'latency_seconds_bucket{verb="GET",where="/r",code="200",le="+Inf"} 1',
      'latency_seconds_sum{verb="GET",where="/r",code="200"} 0.05',
      'latency_seconds_count{verb="GET",where="/r",code="200"} 1',
      'latency_seconds_bucket{verb="GET",where="/r",code="499",le="0.1"} 0',
      'latency_seconds_bucket{verb="GET",where="/r",code="499",le="1"} 1',
      'latency_seconds_bucket{verb="GET",where="/r",code="499",le="+Inf"} 1',
      'latency_seconds_sum{verb="GET",where="/r",code="499"} 0.5',
      'latency_seconds_count{verb="GET",where="/r",code="499"} 1',
      'latency_seconds_bucket{verb="GET",where="unmatched",code="200",le="0.1"} 1',
      'latency_seconds_bucket{verb="GET",where="unmatched",code="200",le="1"} 1',
      'latency_seconds_bucket{verb="GET",where="unmatched",code="200",le="+Inf"} 1',
      'latency_seconds_sum{verb="GET",where="unmatched",code="200"} 0.001',
      'latency_seconds_count{verb="GET",where="unmatched",code="200"} 1',
    ])
    expect(await samples('http_request_duration_seconds_count{method="GET",route="/r"}')).toHaveLength(1)
    expect(await samples('http_requests_total{')).toHaveLength(3)
    expect(await samples('http_requests_in_progress{')).toEqual(['http_requests_in_progress{method="GET"} 0'])
  })

  it('counts under 500 what the service has broken off, whatever was sent', async () => {
    const { write, samples } = measured({ naming: OWN })
    write({}, { outcome: 'broken' }, {}, { outcome: 'broken', status: undefined })
    expect(await samples('latency_seconds_count')).toEqual([
      'latency_seconds_count{verb="GET",where="/r",code="200"} 2',
      'latency_seconds_count{verb="GET",where="/r",code="500"} 2',
    ])
  })

  it('takes the place of the classic metric of the same name', async () => {
    const { write, samples, families } = measured({
      naming: { histogram: { name: 'http_request_duration_seconds' }, labels: { code: 'status' } },
    })
    write({})
    expect(await samples('http_request_duration_seconds_count')).toEqual([
      'http_request_duration_seconds_count{code="200"} 1',
    ])
    const names = [...families()].map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
    expect(await samples('http_request_duration_seconds_bucket')).toHaveLength(15)
  })

  it('can be a summary', async () => {
    const { write, samples } = measured({
      naming: { summary: { name: 'latency_seconds', percentiles: [0.5] }, labels: { where: 'route' } },
    })
    write({ durationMs: 1_000 }, { durationMs: 2_000 }, { durationMs: 3_000 })
    expect(await samples('latency_seconds')).toEqual([
      'latency_seconds{quantile="0.5",where="/r"} 2',
      'latency_seconds_sum{where="/r"} 6',
      'latency_seconds_count{where="/r"} 3',
    ])
  })

  it('leaves a label out about which its function says nothing, or throws', async () => {
    const { write, samples, faults } = measured({
      naming: {
        ...OWN,
        labels: {
          code: 'status',
          tenant: ({ fields }) => fields.tenant as string | undefined,
          broken() {
            throw new Error('no such thing')
          },
        },
        transform() {
          throw new Error('nor this')
        },
      },
    })
    write({ fields: { tenant: 'a"c\nme' } }, {})
    expect(await samples('latency_seconds_count')).toEqual([
      String.raw`latency_seconds_count{code="200",tenant="a\"c\nme"} 1`,
      'latency_seconds_count{code="200"} 1',
    ])
    expect(faults.slice(0, 2)).toEqual([
      'metrics.naming: label broken: Error: no such thing',
      'metrics.naming: transform: Error: nor this',
    ])
  })

  it('asks its functions once for each method, route and status where they say the same of all', async () => {
    let asked = 0
    const { write, samples } = measured({
      naming: {
        ...OWN,
        stable: true,
        labels: { where: ({ route }) => `${++asked} ${route}` },
        counts: ({ status }) => status !== 404,
      },
    })
    for (let i = 0; i < 3; i++) write({}, { method: 'POST' }, { route: '/s' }, { status: 404 })
    expect(await samples('latency_seconds_count')).toEqual([
      'latency_seconds_count{where="1 /r"} 3',
      'latency_seconds_count{where="2 /r"} 3',
      'latency_seconds_count{where="3 /s"} 3',
    ])
  })

  it('takes an empty label for none, as Prometheus does', async () => {
    const { write, samples } = measured({
      naming: { ...OWN, labels: { code: 'status', zone: ({ fields }) => fields.zone as string | undefined } },
    })
    write({}, { fields: { zone: '' } })
    expect(await samples('latency_seconds_count')).toEqual(['latency_seconds_count{code="200"} 2'])
  })

  it('takes no label that a transformation invents', async () => {
    const { write, samples } = measured({
      naming: {
        ...OWN,
        labels: { code: 'status' },
        transform: (labels) => Object.assign(labels, { user: 1 }),
      },
    })
    write({})
    expect(await samples('latency_seconds_count')).toEqual(['latency_seconds_count{code="200"} 1'])
  })

  it('ends in one overflow series beyond the cap, where routes of the application always have room', async () => {
    const { write, know, samples, instruments } = measured({
      maxSeries: 3,
      naming: { ...OWN, labels: { where: 'route', user: ({ id }) => id } },
    })
    know([{ method: 'GET', route: '/orders/:id' }])
    for (let i = 0; i < 1_000; i++) write({ route: undefined, id: `scanner-${i}` })
    for (let i = 0; i < 1_000; i++) write({ route: '/orders/:id', id: `customer-${i}` })
    const counts = await samples('latency_seconds_count')
    expect(counts.filter((line) => line.includes('scanner'))).toHaveLength(3)
    expect(counts.filter((line) => line.includes('customer'))).toHaveLength(100)
    expect(counts).toContain('latency_seconds_count{where="overflow",user="overflow"} 1897')
    expect(instruments.find(({ name }) => name === 'latency_seconds')?.refused).toBe(1897)
  })

  it.each([
    [{}, 'must be an object with a histogram or a summary'],
    [{ histogram: {}, labels: {} }, 'have a name such as http_request_duration_seconds'],
    [{ histogram: { name: 'a b' }, labels: {} }, 'have a name such as http_request_duration_seconds'],
    [{ histogram: { name: 'a' } }, 'must be an object with labels'],
    [{ histogram: { name: 'a' }, labels: { le: 'route' } }, 'must be an object without the label le'],
    [
      { histogram: { name: 'a' }, labels: { path: 'url' } },
      'whose label path is method, route, status or a function',
    ],
    ['prometheus', 'must be classic, otel or an object with labels'],
  ])('is refused in one sentence where it is %j', (naming, sentence) => {
    expect(() => createSightline({ metrics: { naming: naming as DurationNaming } })).toThrow(sentence)
  })
})

describe('metrics of two that live in one process', () => {
  const made: Sightline[] = []
  afterEach(() => Promise.all(made.splice(0).map((each) => each.close())))

  it('never meet "already registered"', async () => {
    const options = { log: { level: 'silent' }, metrics: fromFastifyMetrics() } as const
    for (let reload = 0; reload < 3; reload++) {
      const sightline = createSightline(options)
      made.push(sightline)
      for (let again = 0; again < 2; again++)
        sightline.metrics.counter({ name: 'shop_orders_total', help: 'Orders.' }).inc()
      expect(await sightline.metrics.text()).toContain('\nshop_orders_total 2\n')
    }
  })
})

describe('what express-prom-bundle was told', () => {
  const labelsOf = async (
    options: ExpressPromBundleOptions,
    ...differences: Array<Partial<RequestRecord>>
  ) => {
    const { write, samples } = measured(fromExpressPromBundle(options))
    write(...differences)
    return (await samples('http_request_duration_seconds_count')).map((line) =>
      line.slice('http_request_duration_seconds_count'.length),
    )
  }

  it.each<[string, ExpressPromBundleOptions, Partial<RequestRecord>, string[]]>([
    ['nothing', {}, {}, ['{status_code="200"} 1']],
    ['no status', { includeStatusCode: false, includeMethod: true }, {}, ['{method="GET"} 1']],
    [
      'paths',
      { includePath: true },
      { route: '/users/:id/files/*path', path: '/users/7/files/a/b' },
      ['{status_code="200",path="/users/#val/files/#val"} 1'],
    ],
    [
      'another replacement',
      { includePath: true, urlPathReplacement: ':id' },
      { route: '/users/:user{/:page}', path: '/users/7' },
      ['{status_code="200",path="/users/:id/:id"} 1'],
    ],
    [
      'a rule for values',
      { includePath: true, normalizePath: [[/\d{4}-\d\d/, '#month']] },
      { route: '/reports/:month', path: '/reports/2026-11' },
      ['{status_code="200",path="/reports/#month"} 1'],
    ],
    [
      'a rule for the path before its values',
      { includePath: true, normalizePath: [['^/v1', '']] },
      { route: '/v1/users/:name', path: '/v1/users/bob' },
      ['{status_code="200",path="/users/#val"} 1'],
    ],
    [
      'a rule for one value of two',
      { includePath: true, normalizePath: [['^.*/order-list', '/#name/order-list']] },
      { route: '/:name/order-list/:id', path: '/bob/order-list/7' },
      ['{status_code="200",path="/#name/order-list/#val"} 1'],
    ],
    [
      'a rule that cuts a value',
      { includePath: true, normalizePath: [[/\.json$/, '']], urlPathReplacement: '*' },
      { route: '/users/:file', path: '/users/7.json' },
      ['{status_code="200",path="/users/*"} 1'],
    ],
    [
      'a function for paths',
      { includePath: true, normalizePath: ({ path }) => path.slice(0, 4) },
      { path: '/long/path' },
      ['{status_code="200",path="/lon"} 1'],
    ],
    [
      'classes of statuses',
      { formatStatusCode: ({ status = 0 }) => `${status}`[0] + 'XX' },
      {},
      ['{status_code="2XX"} 1'],
    ],
    ['labels', { customLabels: { zone: 'b', empty: null } }, {}, ['{status_code="200",zone="b"} 1']],
    ['routes to exclude', { excludeRoutes: [/^\/r$/g] }, {}, []],
    ['a bypass', { bypass: ({ status }) => status === 200 }, {}, []],
    ['a bypass at the end', { bypass: { onFinish: () => true } }, {}, []],
  ])('about %s is kept', async (_what, options, difference, expected) => {
    expect(await labelsOf(options, difference)).toEqual(expected)
  })

  it('about a summary and its name is kept', async () => {
    const { write, samples } = measured(
      fromExpressPromBundle({ metricType: 'summary', httpDurationMetricName: 'latency', percentiles: [0.5] }),
    )
    write({ durationMs: 1_000 })
    expect(await samples('latency')).toEqual([
      'latency{quantile="0.5",status_code="200"} 1',
      'latency_sum{status_code="200"} 1',
      'latency_count{status_code="200"} 1',
    ])
  })

  it('about where scrapes are answered is kept', () => {
    expect(fromExpressPromBundle({ metricsPath: '/m' })).toMatchObject({ path: '/m' })
    expect(fromExpressPromBundle({ autoregister: false })).toMatchObject({ path: false })
  })

  it.each([
    [{ metricsApp: () => {} }, 'must be left out: management.port opens a port for scrapes'],
    [{ bypass: { onRequest: () => true } }, 'whether a request is counted is settled when it has ended'],
    [{ promClient: { collectDefaultMetrics: { prefix: 'my_' } } }, 'go on to call collectDefaultMetrics'],
    [{ urlValueParser: {} }, 'the route says which parts of a path are values'],
    [{ whitelist: [] }, 'does not exist'],
  ])('is refused in one sentence where it has no counterpart: %j', (options, sentence) => {
    expect(() => fromExpressPromBundle(options as ExpressPromBundleOptions)).toThrow(sentence)
  })
})

describe('what fastify-metrics was told', () => {
  const countsOf = async (options: FastifyMetricsOptions, ...differences: Array<Partial<RequestRecord>>) => {
    const { write, samples } = measured(fromFastifyMetrics(options))
    write(...differences)
    return [
      ...(await samples('http_request_duration_seconds_count')),
      ...(await samples('http_request_summary_seconds_count')),
    ].map((line) => line.replace(/^http_request_|_seconds_count/g, ''))
  }

  it.each<[string, FastifyMetricsOptions['routeMetrics'], Partial<RequestRecord>, string[]]>([
    [
      'nothing',
      {},
      {},
      [
        'duration{method="GET",route="/r",status_code="200"} 1',
        'summary{method="GET",route="/r",status_code="200"} 1',
      ],
    ],
    [
      'no summary',
      { enabled: { summary: false } },
      {},
      ['duration{method="GET",route="/r",status_code="200"} 1'],
    ],
    ['HEAD', {}, { method: 'HEAD' }, []],
    ['no route', {}, { route: undefined }, []],
    [
      'requests without a route',
      { enabled: { summary: false }, registeredRoutesOnly: false },
      { route: undefined, status: 404 },
      ['duration{method="GET",route="__unknown__",status_code="404"} 1'],
    ],
    ['a black list', { routeBlacklist: [/^\/r/] }, {}, []],
    [
      'labels',
      {
        enabled: { summary: false },
        groupStatusCodes: true,
        customLabels: { zone: 'b', size: ({ responseBytes }) => (responseBytes > 10 ? 'big' : 'small') },
        overrides: {
          labels: { method: 'verb', route: 'where', status: 'class', getRouteLabel: ({ path }) => path },
        },
      },
      { path: '/r', status: 503 },
      ['duration{verb="GET",where="/r",class="5xx",zone="b",size="small"} 1'],
    ],
  ])('about %s is kept', async (_what, routeMetrics = {}, difference, expected) => {
    expect(await countsOf({ routeMetrics }, difference)).toEqual(expected)
  })

  it('about its endpoint and the default metrics is kept', () => {
    expect(fromFastifyMetrics({ endpoint: null, defaultMetrics: { enabled: false } })).toMatchObject({
      path: false,
      runtime: false,
    })
    expect(fromFastifyMetrics({ routeMetrics: { enabled: false } })).toEqual({})
  })

  it.each([
    [{ name: 'prom' }, 'must be left out: what the application holds is app.sightline.metrics'],
    [{ endpoint: { url: '/m' } }, 'must be a path, or null: management.port opens a port for scrapes'],
    [{ defaultMetrics: { enabled: true, prefix: 'my_' } }, 'call collectDefaultMetrics with it yourself'],
  ])('is refused in one sentence where it has no counterpart: %j', (options, sentence) => {
    expect(() => fromFastifyMetrics(options as FastifyMetricsOptions)).toThrow(sentence)
  })
})
