import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { markStale, type SelectedSeries } from '@sightline/promql'

import type { Versions } from '../../src/query/versions/versions.ts'
import { partsOver } from '../api/api-over.ts'
import { storedSeries, type StoredSeries } from '../stored/series.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const MINUTE = 60_000
const EVERY = 15_000

interface Life {
  /** Minutes before `NOW`. */
  readonly from: number
  readonly to?: number
}

function series(
  labels: Readonly<Record<string, string>>,
  { from, to = 0 }: Life,
  valueAt: (seconds: number) => number,
): SelectedSeries {
  const times = Float64Array.from(
    { length: ((from - to) * MINUTE) / EVERY + 1 },
    (_, index) => NOW - from * MINUTE + index * EVERY,
  )
  return { labels, times, values: times.map((_, index) => valueAt((index * EVERY) / 1_000)) }
}

/** `target_info`. Each life but one that lasts until `NOW` ends with a marker. */
function info(job: string, instance: string, version: string, ...lives: readonly Life[]): SelectedSeries {
  const labels = {
    __name__: 'target_info',
    job,
    instance,
    ...(version !== '' && { service_version: version }),
  }
  const parts = lives.map((life) => {
    const { times, values } = series(labels, life, () => 1)
    if (life.to !== undefined) markStale(values, values.length - 1)
    return { times: [...times], values: new BigUint64Array(values.buffer) }
  })
  const times = Float64Array.from(parts.flatMap((part) => part.times))
  const values = new Float64Array(times.length)
  // The bits of a marker are not those of every NaN.
  new BigUint64Array(values.buffer).set(parts.flatMap((part) => [...part.values]))
  return { labels, times, values }
}

interface Traffic {
  readonly job: string
  readonly instance: string
  readonly route: string
  /** Per second. */
  readonly rate: number
  readonly failed?: number
  /** Share of the requests that take up to 0.1 s. The others take up to 1 s. */
  readonly fast: number
}

/** Requests of a route: counters that begin at zero. */
function traffic({ job, instance, route, rate, failed = 0, fast }: Traffic, life: Life): SelectedSeries[] {
  const name = 'http_server_request_duration_seconds'
  const labels = { job, instance, http_request_method: 'GET', http_route: route }
  const outcomes = [
    { status: '200', perSecond: rate - failed },
    { status: '500', perSecond: failed },
  ].filter(({ perSecond }) => perSecond > 0)
  return outcomes.flatMap(({ status, perSecond }) => {
    const own = { ...labels, http_response_status_code: status }
    const counter = (suffix: string, le: string | undefined, share: number) =>
      series(
        { __name__: `${name}${suffix}`, ...own, ...(le !== undefined && { le }) },
        life,
        (seconds) => seconds * perSecond * share,
      )
    return [
      counter('_count', undefined, 1),
      counter('_bucket', '0.1', fast),
      counter('_bucket', '1', 1),
      counter('_bucket', '+Inf', 1),
    ]
  })
}

const HOURS: Life = { from: 120 }
const LATELY: Life = { from: 20 }

const SERIES = [
  // Two versions side by side. The new one is worse on `/pay`, and has far more requests of `/list`, which are fast.
  info('pay', 'pay-1', '1.4.1', HOURS),
  info('pay', 'pay-2', '1.4.2', LATELY),
  ...traffic({ job: 'pay', instance: 'pay-1', route: '/pay', rate: 2, fast: 1 }, HOURS),
  ...traffic({ job: 'pay', instance: 'pay-1', route: '/list', rate: 0.2, fast: 1 }, HOURS),
  ...traffic({ job: 'pay', instance: 'pay-1', route: '/old', rate: 5, fast: 0 }, HOURS),
  ...traffic({ job: 'pay', instance: 'pay-2', route: '/pay', rate: 2, failed: 0.5, fast: 0.4 }, LATELY),
  ...traffic({ job: 'pay', instance: 'pay-2', route: '/list', rate: 6, fast: 1 }, LATELY),
  // The same routes with the same figures, but a very different mix of them.
  info('mix', 'mix-1', '1', HOURS),
  info('mix', 'mix-2', '2', LATELY),
  ...traffic({ job: 'mix', instance: 'mix-1', route: '/slow', rate: 0.5, failed: 0.1, fast: 0.1 }, HOURS),
  ...traffic({ job: 'mix', instance: 'mix-1', route: '/fast', rate: 9, fast: 1 }, HOURS),
  ...traffic({ job: 'mix', instance: 'mix-2', route: '/slow', rate: 9, failed: 1.8, fast: 0.1 }, LATELY),
  ...traffic({ job: 'mix', instance: 'mix-2', route: '/fast', rate: 0.5, fast: 1 }, LATELY),
  // One instance that keeps its name, is updated 40 minutes ago, and rolled back 20 minutes ago.
  info('host', 'host:9090', '1.0.0', { from: 120, to: 40 }, { from: 20 }),
  info('host', 'host:9090', '1.1.0', { from: 40, to: 20 }),
  ...traffic({ job: 'host', instance: 'host:9090', route: '/a', rate: 1, fast: 1 }, HOURS),
  // Too few requests of the new version.
  info('rare', 'rare-1', '1', HOURS),
  info('rare', 'rare-2', '2', LATELY),
  ...traffic({ job: 'rare', instance: 'rare-1', route: '/a', rate: 1, fast: 1 }, HOURS),
  ...traffic({ job: 'rare', instance: 'rare-2', route: '/a', rate: 0.02, failed: 0.02, fast: 0 }, LATELY),
  // No version is known.
  info('plain', 'plain-1', '', HOURS),
  ...traffic({ job: 'plain', instance: 'plain-1', route: '/a', rate: 1, fast: 1 }, HOURS),
  ...traffic({ job: 'nameless', instance: 'x', route: '/a', rate: 1, fast: 1 }, HOURS),
]

let stored: StoredSeries
let ask: (name: string, minutes?: number) => Promise<Versions>

beforeAll(async () => {
  stored = await storedSeries({ series: SERIES })
  const { queries } = partsOver(stored.reader)
  ask = async (name, minutes = 60) => {
    const task = { name, from: NOW - minutes * MINUTE, to: NOW }
    return JSON.parse(Buffer.from(await queries.json('versions', task)).toString()) as Versions
  }
})

afterAll(() => stored.remove())

const about = (value: number): unknown => expect.closeTo(value, 1)
const nanoseconds = (minutes: number): string => `${NOW - minutes * MINUTE}000000`

describe('the versions of a service', () => {
  test('have their instances and figures, the newest first', async () => {
    const { versions, complete } = await ask('pay')
    expect(complete).toBe(true)
    expect(versions).toMatchObject([
      {
        version: '1.4.2',
        instances: ['pay-2'],
        firstSeen: nanoseconds(20),
        requests: 8 * 20 * 60,
        rate: about(8),
        errors: about(0.5),
        errorRatio: expect.closeTo(1 / 16, 3),
        estimated: false,
      },
      {
        version: '1.4.1',
        instances: ['pay-1'],
        firstSeen: nanoseconds(120),
        rate: about(7.2),
        errors: 0,
        errorRatio: 0,
      },
    ])
    expect(Math.abs((versions[1]?.requests ?? 0) - 7.2 * 3_600)).toBeLessThan(10)
  })

  test('of an instance that keeps its name are those of each time', async () => {
    const { versions } = await ask('host')
    expect(versions).toMatchObject([
      { version: '1.1.0', instances: ['host:9090'], firstSeen: nanoseconds(40), rate: about(1) },
      { version: '1.0.0', instances: ['host:9090'], firstSeen: nanoseconds(120), rate: about(1) },
    ])
    const [newer, older] = versions.map(({ requests }) => requests)
    expect(Math.abs((newer ?? 0) - 1_200)).toBeLessThan(20)
    expect(Math.abs((older ?? 0) - 2_400)).toBeLessThan(40)
  })

  test('have only those that ran within the range', async () => {
    expect((await ask('host', 10)).versions).toMatchObject([{ version: '1.0.0' }])
  })

  test.each(['plain', 'nameless'])('may be unknown (%s)', async (name) => {
    expect(await ask(name)).toMatchObject({ versions: [{ version: '', rate: about(1) }], comparison: null })
  })

  test('of an unknown service are not found', async () => {
    await expect(ask('none')).rejects.toMatchObject({ status: 404 })
  })
})

describe('the comparison of two versions', () => {
  test('is of the routes that both have served, weighted by the newer one', async () => {
    const { comparison } = await ask('pay')
    expect(comparison).toMatchObject({
      version: '1.4.2',
      than: '1.4.1',
      worse: ['errors', 'p95'],
      before: { errorRatio: 0, p95: expect.closeTo(0.095, 3) },
      after: { errorRatio: expect.closeTo(1 / 16, 3) },
      routes: [
        { method: 'GET', route: '/list', share: about(0.75), before: { rate: about(0.2) } },
        { route: '/pay', share: about(0.25), before: { errorRatio: 0 }, after: { errorRatio: about(0.25) } },
      ],
    })
  })

  test('finds nothing worse where only the mix of routes is another one', async () => {
    const { versions, comparison } = await ask('mix')
    expect(versions[0]?.errorRatio).toBeGreaterThan(10 * (versions[1]?.errorRatio ?? 1))
    expect(comparison).toMatchObject({ version: '2', than: '1', worse: [] })
    expect(comparison?.after.errorRatio).toBeCloseTo(comparison?.before.errorRatio ?? NaN, 3)
    expect(comparison?.after.p95).toBeCloseTo(comparison?.before.p95 ?? NaN, 3)
  })

  test('needs 30 requests of each', async () => {
    const { versions, comparison } = await ask('rare')
    expect(versions.map(({ version, requests }) => [version, requests])).toMatchObject([
      ['2', 24],
      ['1', expect.any(Number)],
    ])
    expect(comparison).toBeNull()
  })
})
