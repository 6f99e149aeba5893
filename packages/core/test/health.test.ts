import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, describe, expect, it } from '@jest/globals'

import { createSightline, type Sightline } from '../src/index.ts'

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function quiet(): Sightline {
  return createSightline({ service: 'test', version: '1.2.3', log: { level: 'silent' } })
}

/** A bare node server that has nothing but Sightline's endpoints. */
async function serve(sightline: Sightline) {
  const server = createServer((req, res) => {
    if (!sightline.serve(req, res)) res.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

/** A promise that never settles by itself, and the way to settle it. */
function hanging() {
  return Promise.withResolvers<void>()
}

describe('a check', () => {
  it.each([
    ['nothing', () => undefined, 'healthy'],
    ['true', () => true, 'healthy'],
    ['false', () => false, 'unhealthy'],
    ['a status', () => ({ status: 'degraded' }) as const, 'degraded'],
    ['a promise of a status', async () => ({ status: 'unhealthy' }) as const, 'unhealthy'],
  ])('may say %s', async (_, fn, status) => {
    const { health } = quiet()
    health.check('it', fn)
    expect(await health.ready()).toBe(status)
  })

  it('is unhealthy where it throws or rejects, whatever it throws', async () => {
    const unreadable = {
      toString: () => {
        throw new Error('hostile')
      },
    }
    for (const thrown of [new Error('no'), 'text', undefined, null, unreadable]) {
      const { health } = quiet()
      health.check('throws', () => {
        throw thrown
      })
      health.check('rejects', () => Promise.reject(thrown))
      expect(await health.ready()).toBe('unhealthy')
    }
  })

  it('degrades the service where it is not critical', async () => {
    const { health } = quiet()
    health.check('cache', () => false, { critical: false })
    expect(await health.ready()).toBe('degraded')
  })

  it('runs once for 500 probes at the same time, and again when its outcome is too old', async () => {
    const { health } = quiet()
    let runs = 0
    const gate = hanging()
    health.check(
      'database',
      async () => {
        runs++
        await gate.promise
      },
      { cache: 0 },
    )
    const probes = Array.from({ length: 500 }, () => health.ready())
    gate.resolve()
    expect(new Set(await Promise.all(probes))).toEqual(new Set(['healthy']))
    expect(runs).toBe(1)
    await health.ready()
    expect(runs).toBe(2)
  })

  it('is unhealthy when it hangs, is not started again while it does, and recovers afterwards', async () => {
    const { health } = quiet()
    let runs = 0
    let aborted = false
    const gate = hanging()
    const check = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true))
      return ++runs === 1 ? gate.promise : undefined
    }
    health.check('database', check, { timeout: 20, cache: 0 })
    expect(await health.ready()).toBe('unhealthy')
    expect(await health.ready()).toBe('unhealthy')
    expect({ runs, aborted }).toEqual({ runs: 1, aborted: true })
    expect((await health.report({ details: true })).checks.database).toMatchObject({
      reason: 'it has not answered in time',
    })
    gate.resolve()
    await gate.promise
    await new Promise(setImmediate)
    expect(await health.ready()).toBe('healthy')
    expect(runs).toBe(2)
  })

  it('changes its mind only after as many outcomes in a row as it was told', async () => {
    const { health } = quiet()
    let works = true
    health.check('flapping', () => works, { cache: 0, failAfter: 3, recoverAfter: 2 })
    const next = async (now: boolean) => {
      works = now
      return health.ready()
    }
    const seen = []
    for (const now of [true, false, false, true, false, false, false, true, false, true, true])
      seen.push(await next(now))
    const short = seen.map((status) => (status === 'healthy' ? '+' : '-')).join('')
    expect(short).toBe('++++++----+')
  })

  it('belongs to the probes that it was made for', async () => {
    const { health } = quiet()
    health.check('database', () => false)
    health.check('migrated', () => true, { group: 'startup' })
    expect([await health.live(), await health.startup(), await health.ready()]).toEqual([
      'healthy',
      'healthy',
      'unhealthy',
    ])
  })

  it('has started for good once it has', async () => {
    const { health } = quiet()
    let works = false
    health.check('warm', () => works, { group: ['startup'], cache: 0 })
    expect(await health.startup()).toBe('unhealthy')
    works = true
    expect(await health.startup()).toBe('healthy')
    works = false
    expect(await health.startup()).toBe('healthy')
  })
})

describe('the endpoints', () => {
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

  it('report every check, without reasons and details', async () => {
    const sightline = quiet()
    sightline.health.check('database', () => {
      throw new Error('connect to 10.0.0.7 refused')
    })
    sightline.health.check('cache', () => ({ status: 'degraded', details: { password: 'hunter2' } }), {
      critical: false,
    })
    const get = await serve(sightline)
    const text = await (await get('/health')).text()
    expect(JSON.parse(text)).toMatchObject({
      status: 'unhealthy',
      service: 'test',
      version: '1.2.3',
      checks: {
        database: { status: 'unhealthy', critical: true },
        cache: { status: 'degraded', critical: false },
      },
    })
    expect(text).not.toMatch(/10\.0\.0\.7|hunter2/)
    const { checks } = await sightline.health.report({ details: true })
    expect(checks).toMatchObject({
      database: { reason: 'connect to 10.0.0.7 refused' },
      cache: { details: { password: '[redacted]' } },
    })
  })

  it('speak application/health+json where it is asked for', async () => {
    const sightline = quiet()
    sightline.health.check('database', () => true)
    const response = await (
      await serve(sightline)
    )('/health', { headers: { accept: 'application/health+json' } })
    expect(response.headers.get('content-type')).toBe('application/health+json')
    expect(await response.json()).toMatchObject({
      status: 'pass',
      version: '1.2.3',
      checks: { database: [{ status: 'pass' }] },
    })
  })
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
