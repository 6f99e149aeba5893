import { afterEach, describe, expect, it } from '@jest/globals'

import { prefers } from '../src/endpoints/accept.ts'
import { Endpoints } from '../src/endpoints/endpoints.ts'
import { healthEndpoints } from '../src/endpoints/health.ts'
import type { Sightline } from '../src/index.ts'
import { quiet, served, servedEndpoints } from './probe.ts'

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(sightline: Sightline) {
  const { get, close } = await servedEndpoints(sightline)
  closing.push(close)
  return get
}

/** Endpoints that tell everything to those who know the password. */
async function serveDetails(sightline: Sightline) {
  const endpoints = new Endpoints(() => {})
  const details = ({ headers }: { headers: { authorization?: string | undefined } }) =>
    headers.authorization === 'Bearer open-sesame'
  for (const [path, endpoint] of healthEndpoints('/health', sightline.health, { details }))
    endpoints.mount(path, endpoint)
  const { get, close } = await served((req, res) => void endpoints.serve(req, res))
  closing.push(close)
  return get
}

const ALLOWED = { authorization: 'Bearer open-sesame' }

describe('the probes', () => {
  it('answer 200 or 503, to GET and HEAD, with any query, and are never cached', async () => {
    const sightline = quiet()
    sightline.health.check('database', () => false)
    const get = await serve(sightline)
    for (const [path, status] of [
      ['live', 200],
      ['startup', 200],
      ['ready', 503],
    ] as const) {
      for (const method of ['GET', 'HEAD']) {
        const response = await get(`/health/${path}?x=${'y'.repeat(100)}`, { method })
        expect(response.status).toBe(status)
        expect(response.headers.get('cache-control')).toBe('no-store')
      }
    }
    expect((await get('/health')).status).toBe(503)
    expect(await sightline.metrics.text()).not.toContain('http_requests_total{')
  })

  it('say how it is, and not why', async () => {
    const sightline = quiet()
    sightline.health.check('database', () => {
      throw new Error('connect to 10.0.0.7 refused')
    })
    const get = await serve(sightline)
    expect(await (await get('/health/ready', { headers: ALLOWED })).text()).toBe('{"status":"unhealthy"}\n')
  })

  it('answer that they have failed where they have, and only that', async () => {
    const faults: string[] = []
    const endpoints = new Endpoints((source) => faults.push(source))
    endpoints.mount('/rejects', async () => {
      throw new Error('no')
    })
    endpoints.mount('/throws', () => {
      throw new Error('no')
    })
    const { get, close } = await served((req, res) => void endpoints.serve(req, res))
    closing.push(close)
    const codes = [await get('/rejects?token=abc'), await get('/throws')].map(({ status }) => status)
    expect({ codes, faults }).toEqual({
      codes: [500, 500],
      faults: ['endpoint /rejects', 'endpoint /throws'],
    })
  })
})

describe('the report', () => {
  async function ailing() {
    const sightline = quiet()
    sightline.health.check('database', () => {
      throw new Error('connect to postgres://app:hunter2@10.0.0.7/orders refused, token=abcdef')
    })
    const details = { host: '10.0.0.8', auth: { password: 'hunter2' }, urls: ['redis://:hunter2@10.0.0.8'] }
    sightline.health.check('cache', () => ({ status: 'degraded', reason: 'it is slow', details }), {
      critical: false,
      kind: 'datastore',
    })
    sightline.health.check('disk', () => ({ status: 'healthy', reason: 'there is room' }))
    await sightline.health.report()
    return sightline
  }

  it('tells everybody of every check, without reasons and details', async () => {
    const text = await (await (await serve(await ailing()))('/health', { headers: ALLOWED })).text()
    expect(JSON.parse(text)).toEqual({
      status: 'unhealthy',
      service: 'test',
      version: '1.2.3',
      uptimeSeconds: expect.any(Number),
      checks: {
        database: {
          status: 'unhealthy',
          critical: true,
          kind: 'component',
          durationMs: expect.any(Number),
          lastRun: expect.stringMatching(/^\d{4}-.*Z$/),
        },
        cache: {
          status: 'degraded',
          critical: false,
          kind: 'datastore',
          durationMs: expect.any(Number),
          lastRun: expect.any(String),
          lastSuccess: expect.stringMatching(/^\d{4}-.*Z$/),
        },
        disk: expect.objectContaining({ status: 'healthy' }),
      },
    })
    expect(text).not.toMatch(/10\.0\.0|hunter2|slow/)
  })

  it('tells those who may know why, masked at any depth', async () => {
    const get = await serveDetails(await ailing())
    const text = await (await get('/health', { headers: ALLOWED })).text()
    expect(JSON.parse(text)).toMatchObject({
      checks: {
        database: {
          reason: 'connect to postgres://app:[redacted]@10.0.0.7/orders refused, token=[redacted]',
        },
        cache: {
          reason: 'it is slow',
          details: { host: '10.0.0.8', auth: '[redacted]', urls: ['redis://:[redacted]@10.0.0.8'] },
        },
      },
    })
    expect(text).not.toMatch(/hunter2|abcdef/)
    expect(await (await get('/health')).text()).not.toMatch(/10\.0\.0|reason|details/)
  })

  it('keeps the time of the last success while a check fails', async () => {
    const sightline = quiet()
    let works = true
    sightline.health.check('database', () => works, { cache: 0 })
    const { checks: before } = await sightline.health.report()
    works = false
    const { checks: after } = await sightline.health.report()
    expect(after.database).toMatchObject({ status: 'unhealthy', lastSuccess: before.database?.lastSuccess })
    expect(before.database?.lastSuccess).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  it('speaks application/health+json as its draft has it', async () => {
    const get = await serveDetails(await ailing())
    const accept = 'application/health+json'
    const response = await get('/health', { headers: { ...ALLOWED, accept } })
    expect([response.status, response.headers.get('content-type')]).toEqual([503, accept])
    expect(await response.json()).toMatchObject({
      status: 'fail',
      version: '1.2.3',
      releaseId: '1.2.3',
      serviceId: 'test',
      checks: {
        uptime: [{ componentType: 'system', observedUnit: 's', status: 'pass', time: expect.any(String) }],
        'database:responseTime': [
          {
            componentId: 'database',
            componentType: 'component',
            observedValue: expect.any(Number),
            observedUnit: 'ms',
            status: 'fail',
            time: expect.stringMatching(/Z$/),
            output: expect.stringContaining('refused'),
          },
        ],
        'cache:responseTime': [{ componentType: 'datastore', status: 'warn', output: 'it is slow' }],
        'disk:responseTime': [{ status: 'pass' }],
      },
    })
    const text = await (await get('/health', { headers: { accept } })).text()
    expect(text).not.toMatch(/output|details|refused|slow/)
    const allowed = await (await get('/health', { headers: { ...ALLOWED, accept } })).text()
    expect(allowed).not.toMatch(/there is room|hunter2/)
  })
})

it.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['application/health+json', true],
  ['Application/Health+JSON; charset=utf-8', true],
  ['application/health+json, application/json', true],
  ['application/health+json;q=0.5, application/json', false],
  ['application/health+json;q=0.5, application/json;q=0.4', true],
  ['application/health+json;q=0.5, */*', false],
  ['application/health+json;q=0.5, application/*;q=0.9, */*;q=0.1', false],
  ['text/html, application/health+json;q=0.9, */*;q=0.8', true],
  ['application/health+json;q=0', false],
  ['application/health+json;q=much', false],
  [';;,,;q=', false],
])('an Accept header of %s asks for health+json: %s', (accept, expected) => {
  expect(prefers(accept, 'application/health+json', 'application/json')).toBe(expected)
})

it('tells a scrape how the checks have turned out, without running them', async () => {
  const sightline = quiet()
  let runs = 0
  sightline.health.check('database', () => ++runs < 0)
  expect(await sightline.metrics.text()).not.toContain('health_check_status{')
  await sightline.health.ready()
  const text = await sightline.metrics.text()
  expect(text).toContain('health_check_status{check="database"} 0\n')
  expect(text).toContain('health_check_failures_total{check="database"} 1\n')
  expect(text).toMatch(/health_check_duration_seconds\{check="database"\} \d/)
  expect(runs).toBe(1)
})

it('tells a scrape of a check that hangs, and what hysteresis makes of a failure', async () => {
  const sightline = quiet()
  let works = true
  sightline.health.check('hangs', () => new Promise<void>(() => {}), { timeout: 20 })
  sightline.health.check('flaps', () => works, { cache: 0, failAfter: 2 })
  await sightline.health.ready()
  works = false
  await sightline.health.ready()
  const text = await sightline.metrics.text()
  expect(text).toContain('health_check_status{check="hangs"} 0\n')
  expect(text).toContain('health_check_status{check="flaps"} 1\n')
  expect(text).toContain('health_check_failures_total{check="flaps"} 1\n')
  const [, seconds] = /health_check_duration_seconds\{check="hangs"\} (\S+)/.exec(text) ?? []
  expect(Number(seconds)).toBeGreaterThanOrEqual(0.019)
})
