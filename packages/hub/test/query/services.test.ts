import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import type { Queries } from '../../src/query/queries.ts'
import type { Dependency } from '../../src/query/services/dependencies.ts'
import type { ServiceDetails } from '../../src/query/services/service-details.ts'
import type { ServiceSummary } from '../../src/query/services/service-list.ts'
import { stateOf } from '../../src/query/services/state.ts'
import { partsOver } from '../api/api-over.ts'
import { storedSeries, type StoredSeries } from '../stored/series.ts'
import { counter, END, histogram, SERVICE_SERIES } from './service-data.ts'

let stored: StoredSeries
let queries: Queries

beforeAll(async () => {
  stored = await storedSeries({ series: SERVICE_SERIES })
  ;({ queries } = partsOver(stored.reader))
})

afterAll(() => stored.remove())

async function answer<Body>(name: Parameters<Queries['json']>[0], params: object): Promise<Body> {
  const task = { time: END, window: 300_000, trend: 3_600_000, range: 3_600_000, ...params }
  return JSON.parse(Buffer.from(await queries.json(name, task as never)).toString()) as Body
}

const close = (value: number): unknown => expect.closeTo(value, 6)

describe('the list of services', () => {
  let list: readonly ServiceSummary[]
  const of = (name: string) => list.find((each) => each.name === name)

  beforeAll(async () => {
    list = await answer('serviceList', {})
  })

  test('begins with the worst', () => {
    expect(list.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['gone', 'failing', 'The instance is down.'],
      ['shop', 'failing', '10 % of the requests fail.'],
      ['mail', 'degraded', '1 of 2 instances is down.'],
      ['search', 'degraded', '3 % of the requests fail.'],
      ['legacy', 'silent', 'No telemetry for 5 minutes.'],
      ['night/cron', 'healthy', ''],
    ])
  })

  test('has figures from the metrics of a service itself', () => {
    expect(of('shop')).toMatchObject({
      instances: { live: 2, down: 0 },
      versions: ['2.0.0', '2.1.0'],
      requests: {
        rate: close(10),
        errors: close(1),
        errorRatio: close(0.1),
        p50: close(0.1),
        p95: close(0.91),
        estimated: false,
      },
      eventLoopDelay: 0.03,
    })
  })

  test('has figures from metrics that are scraped', () => {
    expect(of('mail')).toMatchObject({
      instances: { live: 1, down: 1 },
      versions: ['5.0.0'],
      requests: { rate: close(4), errors: 0, errorRatio: 0, p99: close(0.982), estimated: false },
      eventLoopDelay: null,
    })
  })

  test('has figures from spans of a service without metrics, marked as estimated, without the calls to others', () => {
    expect(of('search')).toMatchObject({
      instances: { live: 1, down: 0 },
      requests: {
        rate: close(100),
        errors: close(3),
        errorRatio: close(0.03),
        p50: close(0.1),
        estimated: true,
      },
    })
  })

  test('has no figures of a service without requests', () => {
    expect(of('night/cron')).toMatchObject({ instances: { live: 1, down: 0 }, requests: null, trend: [] })
  })

  test('has a trend of 30 steps', () => {
    const { trend = [] } = of('shop') ?? {}
    expect(trend).toEqual(Array.from({ length: 30 }, () => close(10)))
  })

  test('is empty before there is any data', async () => {
    await expect(answer('serviceList', { time: END - 86_400_000 })).resolves.toEqual([])
  })

  test('forgets a service a day after its last sample', async () => {
    const later = await answer<readonly ServiceSummary[]>('serviceList', { time: END + 12 * 3_600_000 })
    expect(new Set(later.map(({ state }) => state))).toEqual(new Set(['silent']))
    await expect(answer('serviceList', { time: END + 30 * 3_600_000 })).resolves.toEqual([])
  })
})

describe('a service', () => {
  test('has its instances', async () => {
    const mail = await answer<ServiceDetails>('serviceDetails', { name: 'mail' })
    expect(mail.instances).toEqual([
      { instance: 'mail-1', version: '5.0.0', live: true, down: false },
      { instance: 'mail-2', version: '', live: false, down: true },
    ])
  })

  test('has its last instances where it is silent', async () => {
    const legacy = await answer<ServiceDetails>('serviceDetails', { name: 'legacy' })
    expect(legacy.instances).toEqual([{ instance: 'legacy-1', version: '0.9.0', live: false, down: false }])
  })

  test('has no instances of earlier deployments', async () => {
    const shop = await answer<ServiceDetails>('serviceDetails', { name: 'shop' })
    expect(shop.instances.map(({ instance }) => instance)).toEqual(['shop-1', 'shop-2'])
  })

  test('has its routes by share of time', async () => {
    const { routes } = await answer<ServiceDetails>('serviceDetails', { name: 'shop' })
    expect(routes).toMatchObject([
      {
        route: '/items/:id',
        method: 'GET',
        rate: close(8),
        errors: 0,
        errorRatio: 0,
        p95: close(0.91),
        share: close(0.8),
      },
      {
        route: '/orders',
        method: 'POST',
        rate: close(2),
        errors: close(1),
        errorRatio: close(0.5),
        share: close(0.2),
      },
    ])
  })

  test('has the names of its spans as routes where it has no metrics', async () => {
    const { routes } = await answer<ServiceDetails>('serviceDetails', { name: 'search' })
    expect(routes).toMatchObject([{ route: 'GET /find', method: '', rate: close(100), share: 1 }])
  })

  test('has the calls to it and from it', async () => {
    const { dependencies } = await answer<ServiceDetails>('serviceDetails', { name: 'shop' })
    expect(dependencies).toEqual([
      { client: 'shop', server: 'search', rate: close(20), errors: 0, p95: close(0.91) },
      { client: 'web', server: 'shop', rate: close(10), errors: close(1), p95: close(0.91) },
      { client: 'shop', server: 'mail', rate: close(2), errors: close(0.5), p95: close(0.91) },
    ])
  })

  test('is found without its namespace', async () => {
    const cron = await answer<ServiceDetails>('serviceDetails', { name: 'cron' })
    expect(cron).toMatchObject({ name: 'night/cron', requests: null, routes: [], dependencies: [] })
    await expect(answer('serviceDetails', { name: 'ron' })).rejects.toMatchObject({ status: 404 })
  })

  test('that is unknown is not found', async () => {
    await expect(answer('serviceDetails', { name: 'no"such' })).rejects.toMatchObject({
      status: 404,
      message: 'The service "no\\"such" has sent no telemetry within the last day',
    })
  })
})

test('the map has the calls between all services', async () => {
  const calls = await answer<readonly Dependency[]>('dependencies', {})
  expect(calls.map(({ client, server }) => `${client} ${server}`)).toEqual([
    'shop search',
    'web shop',
    'web search',
    'shop mail',
  ])
  await expect(answer('callCounts', { window: 60_000 })).resolves.toContainEqual({
    parent: 'web',
    child: 'shop',
    callCount: 600,
  })
})

describe('the state of a service', () => {
  const instance = (live: boolean, down: boolean) => ({ instance: '', version: '', live, down })
  const failures = (errorRatio: number | null) => ({ rate: 1, errors: 1, errorRatio, p50: 0, p95: 0, p99: 0 })

  test.each([
    ['healthy', '', [instance(true, false)], failures(0.0099)],
    ['degraded', '1 % of the requests fail.', [instance(true, false)], failures(0.01)],
    ['degraded', '5 % of the requests fail.', [instance(true, false)], failures(0.0499)],
    ['failing', '5 % of the requests fail.', [instance(true, false)], failures(0.05)],
    [
      'failing',
      '12 % of the requests fail.',
      [instance(true, false), instance(false, true)],
      failures(0.123),
    ],
    [
      'degraded',
      '2 of 3 instances are down.',
      [instance(true, false), instance(false, true), instance(true, true)],
      failures(0.02),
    ],
    ['failing', 'All 2 instances are down.', [instance(false, true), instance(true, true)], undefined],
    ['silent', 'No telemetry for 5 minutes.', [instance(false, false)], undefined],
    ['silent', 'No telemetry for 5 minutes.', [], failures(0.5)],
    ['healthy', '', [instance(true, false)], failures(null)],
  ] as const)('is %s: %s', (state, reason, instances, requests) => {
    expect(stateOf(instances, requests)).toEqual({ state, reason })
  })
})

test('a service of the kit that sends by OTLP has the failures of its counter: its histogram does not tell how requests ended', async () => {
  const job = { job: 'checkout', instance: 'checkout-1', http_request_method: 'POST', http_route: '/orders' }
  const kit = await storedSeries({
    series: [
      ...histogram('http_server_request_duration_seconds', job, 4),
      counter({ __name__: 'http_server_requests_total', ...job, http_response_status_code: '201' }, 3),
      counter({ __name__: 'http_server_requests_total', ...job, http_response_status_code: '504' }, 1),
    ],
  })
  const task = { time: END, window: 300_000, trend: 3_600_000, range: 3_600_000 }
  const answered = await partsOver(kit.reader).queries.json('serviceList', task)
  const [found] = JSON.parse(Buffer.from(answered).toString()) as ServiceSummary[]
  await kit.remove()
  expect(found).toMatchObject({
    name: 'checkout',
    state: 'failing',
    requests: { rate: close(4), errors: close(1), errorRatio: close(0.25), p95: close(0.91) },
  })
})
