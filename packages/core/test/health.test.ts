import { describe, expect, it } from '@jest/globals'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'

import { type CheckFunction, createSightline } from '../src/index.ts'
import { expectUnhealthyAfter, quiet, until } from './probe.ts'

/** A check that hangs until its time is over, and then comes back. */
function obedient() {
  const runs: AbortSignal[] = []
  const check = (signal: AbortSignal) => {
    runs.push(signal)
    return new Promise<void>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('called off')))
    })
  }
  return { check, runs }
}

/** A turn of the event loop, in which whatever has been settled is heard. */
const turn = () => new Promise(setImmediate)

describe('a check', () => {
  it.each<[string, CheckFunction, string]>([
    ['nothing', () => undefined, 'healthy'],
    ['true', () => true, 'healthy'],
    ['false', () => false, 'unhealthy'],
    ['a status', () => ({ status: 'degraded' }), 'degraded'],
    ['a promise of a status', async () => ({ status: 'unhealthy' }), 'unhealthy'],
    ['what its client has answered', (() => ['PONG']) as never, 'healthy'],
    ['a status that there is not', (async () => new Response('', { status: 500 })) as never, 'unhealthy'],
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
      const { checks } = await health.report()
      expect([checks.throws?.status, checks.rejects?.status]).toEqual(['unhealthy', 'unhealthy'])
    }
  })

  it.each([
    ['an error', new Error('down'), 'down'],
    ['an error without words', new TypeError(''), 'TypeError'],
    [
      'all addresses that were tried',
      new AggregateError([new Error('no ::1'), new Error('no 127')]),
      'no ::1; no 127',
    ],
    ['a text', 'down', 'down'],
  ])('gives as its reason %s', async (_, thrown, reason) => {
    const { health } = quiet()
    health.check('it', () => Promise.reject(thrown))
    expect((await health.report({ details: true })).checks.it).toMatchObject({ reason })
  })

  it('harms nobody by what it says, however hostile or large', async () => {
    const { health } = quiet()
    const hostile = {
      get broken() {
        throw new Error('not to be read')
      },
      password: 'hunter2',
      nested: [{ url: 'postgres://app:hunter2@db/orders' }],
    }
    health.check('hostile', () => ({ status: 'healthy', details: hostile }))
    health.check('unreadable', () => ({
      get status(): 'healthy' {
        throw new Error('status cannot be read')
      },
    }))
    const large = 'x'.repeat(10_000_000)
    health.check('large', () => ({
      status: 'degraded',
      reason: large,
      details: { large, list: [large, large] },
    }))
    const report = await health.report({ details: true })
    const text = JSON.stringify(report)
    expect(text.length).toBeLessThan(100_000)
    expect(text).not.toContain('hunter2')
    expect(report.checks).toMatchObject({
      hostile: { status: 'healthy', details: { broken: '[unreadable: not to be read]' } },
      unreadable: { status: 'unhealthy', reason: 'status cannot be read' },
      large: { status: 'degraded' },
    })
  })

  it('degrades the service where it is not critical', async () => {
    const { health } = quiet()
    health.check('cache', () => false, { critical: false })
    expect(await health.ready()).toBe('degraded')
  })

  it('runs once for 500 probes at the same time, and again when its outcome is too old', async () => {
    const { health } = quiet()
    let runs = 0
    const gate = Promise.withResolvers<void>()
    health.check('database', () => (runs++, gate.promise), { cache: 0 })
    const probes = Array.from({ length: 500 }, () => health.ready())
    gate.resolve()
    expect(new Set(await Promise.all(probes))).toEqual(new Set(['healthy']))
    expect(runs).toBe(1)
    await health.ready()
    expect(runs).toBe(2)
  })

  it('does not run while its outcome is believed', async () => {
    const { health } = quiet()
    let runs = 0
    health.check('database', () => void runs++, { cache: 60_000 })
    for (let n = 0; n < 5; n++) await health.ready()
    expect(runs).toBe(1)
  })

  it('belongs to no request, whoever asks for it', async () => {
    const { health, context: scopes } = quiet()
    let scope: unknown = 'not run'
    health.check('database', () => {
      scope = scopes.current()
    })
    await scopes.run({ tenant: 'a' }, () => health.ready())
    expect(scope).toBeUndefined()
  })

  it('is in no trace, with whatever its client does', async () => {
    const spans: string[] = []
    const onEnd = ({ name }: ReadableSpan) => void spans.push(name)
    const processor = { onStart() {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} }
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }))
    context.setGlobalContextManager(new AsyncLocalStorageContextManager())
    try {
      const query = (name: string) => trace.getTracer('client').startSpan(name).end()
      query('of the application')
      const { health } = quiet()
      health.check('database', async () => {
        await Promise.resolve()
        query('of the check')
      })
      await health.ready()
      expect(spans).toEqual(['of the application'])
    } finally {
      trace.disable()
      context.disable()
    }
  })

  it('may ask how the service is without asking for itself for ever', async () => {
    const { health } = quiet()
    let runs = 0
    const check = async () => (runs++, { status: await health.ready() })
    health.check('curious', check, { timeout: 20 })
    expect(await health.ready()).toBe('unhealthy')
    expect(runs).toBe(1)
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

  it('has started for good once it has, and is not asked again', async () => {
    const { health } = quiet()
    let works = false
    let runs = 0
    health.check('warm', () => (runs++, works), { group: ['startup'], cache: 0 })
    expect(await health.startup()).toBe('unhealthy')
    works = true
    expect(await health.startup()).toBe('healthy')
    works = false
    expect(await health.startup()).toBe('healthy')
    expect((await health.report()).checks.warm).toMatchObject({ status: 'healthy' })
    expect(runs).toBe(2)
  })

  it('brings options along that suit it, and takes those of its registration first', async () => {
    const { health } = quiet()
    const fn = Object.assign(() => false, { suits: { critical: false, kind: 'datastore' } as const })
    health.check('suited', fn)
    health.check('told', fn, { critical: true })
    expect((await health.report()).checks).toMatchObject({
      suited: { critical: false, kind: 'datastore' },
      told: { critical: true, kind: 'datastore' },
    })
  })

  it('is closed when another takes its place, and with the service', async () => {
    const sightline = quiet()
    const closed: string[] = []
    const closing = (name: string) => Object.assign(() => true, { close: () => void closed.push(name) })
    sightline.health.check('disk', closing('first'))
    sightline.health.check('disk', closing('second'))
    sightline.health.check(
      'broken',
      Object.assign(() => true, { close: () => JSON.parse('{') }),
    )
    expect(closed).toEqual(['first'])
    await sightline.close()
    expect(closed).toEqual(['first', 'second'])
  })
})

describe('a check that hangs', () => {
  it('is unhealthy within its budget, is not started again while it does, and recovers afterwards', async () => {
    const { health } = quiet()
    let runs = 0
    let aborted = false
    const gate = Promise.withResolvers<void>()
    const check = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true))
      return ++runs === 1 ? gate.promise : undefined
    }
    health.check('database', check, { timeout: 200, cache: 60_000 })
    await expectUnhealthyAfter(200, health)
    expect(await health.ready()).toBe('unhealthy')
    expect({ runs, aborted }).toEqual({ runs: 1, aborted: true })
    expect((await health.report({ details: true })).checks.database).toMatchObject({
      reason: 'it has not answered in time',
    })
    gate.resolve()
    await turn()
    expect(await health.ready()).toBe('healthy')
    expect(runs).toBe(2)
  })

  it('has a second where nothing else is said', async () => {
    const { health } = quiet()
    health.check('database', () => new Promise<void>(() => {}))
    await expectUnhealthyAfter(1_000, health)
  })

  it.each<[string, (gate: PromiseWithResolvers<void>) => void]>([
    ['a success', (gate) => gate.resolve()],
    ['a failure', (gate) => gate.reject(new Error('too late'))],
  ])('is not listened to when it says %s too late', async (_, settle) => {
    const { health } = quiet()
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    health.check('database', () => gates[runs++]?.promise, { timeout: 20 })
    expect(await health.ready()).toBe('unhealthy')
    settle(gates[0] as PromiseWithResolvers<void>)
    await turn()
    const { checks } = await health.report({ details: true })
    expect(checks.database).toMatchObject({ status: 'unhealthy', reason: 'it has not answered in time' })
    expect(checks.database?.lastSuccess).toBeUndefined()
    expect(runs).toBe(2)
  })

  it('is one failure for each budget that passes, not for each probe', async () => {
    const sightline = quiet()
    const { health } = sightline
    let hangs = false
    const never = new Promise<void>(() => {})
    health.check('database', () => (hangs ? never : undefined), { timeout: 300, cache: 0, failAfter: 2 })
    expect(await health.ready()).toBe('healthy')
    hangs = true
    expect(await health.ready()).toBe('healthy')
    const probes = await Promise.all(Array.from({ length: 500 }, () => health.ready()))
    expect(new Set(probes)).toEqual(new Set(['healthy']))
    expect(await sightline.metrics.text()).toContain('health_check_failures_total{check="database"} 1\n')
    await until(health.ready, (status) => status === 'unhealthy')
    expect(await sightline.metrics.text()).toContain('health_check_failures_total{check="database"} 2\n')
  })

  it('is not waited for in full again when it hung the last time', async () => {
    const { health } = quiet()
    const { check, runs } = obedient()
    health.check('database', check, { timeout: 400, cache: 0 })
    expect(await health.ready()).toBe('unhealthy')
    await turn()
    expect(await health.ready()).toBe('unhealthy')
    expect(runs.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('has recovered for the first probe after it has', async () => {
    const { health } = quiet()
    const { check } = obedient()
    let works = false
    health.check('database', (signal) => (works ? undefined : check(signal)), { timeout: 20, cache: 0 })
    expect(await health.ready()).toBe('unhealthy')
    await turn()
    works = true
    expect(await health.ready()).toBe('healthy')
  })

  it('does not hang because the event loop was blocked when its answer came', async () => {
    const { health } = quiet()
    // Answers from outside of the event loop, as a server does.
    const { promises } = await import('node:fs')
    health.check('disk', async () => void (await promises.stat('.')), { timeout: 30 })
    const ready = health.ready()
    await Promise.resolve()
    await Promise.resolve()
    const end = performance.now() + 500
    while (performance.now() < end);
    expect(await ready).toBe('healthy')
  })
})

describe('hysteresis', () => {
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

  it('begins with what was seen first', async () => {
    const { health } = quiet()
    health.check('down', () => false, { failAfter: 3 })
    expect(await health.ready()).toBe('unhealthy')
  })

  it('takes degraded for working', async () => {
    const { health } = quiet()
    const says = [
      'degraded',
      'unhealthy',
      'degraded',
      'unhealthy',
      'healthy',
      'unhealthy',
      'unhealthy',
    ] as const
    let n = 0
    health.check('it', () => ({ status: says[n++] ?? 'healthy' }), { cache: 0, failAfter: 2 })
    const seen = []
    for (let i = 0; i < says.length; i++) seen.push(await health.ready())
    expect(seen).toEqual(['degraded', 'degraded', 'degraded', 'degraded', 'healthy', 'healthy', 'unhealthy'])
  })

  it('tells why it does not believe yet what it sees', async () => {
    const { health } = quiet()
    let works = false
    health.check('it', () => works, { cache: 0, failAfter: 2, recoverAfter: 2 })
    const { checks: before } = await health.report({ details: true })
    works = true
    const { checks: after } = await health.report({ details: true })
    expect([before.it?.reason, after.it?.reason]).toEqual([
      'it said no',
      'it works again, but not yet for long',
    ])
    expect(after.it?.status).toBe('unhealthy')
  })
})

describe('a registration', () => {
  it.each<[string, unknown[], string]>([
    [
      'without a name',
      ['', () => true],
      'the name of a health check is "", but must be a text that is not empty',
    ],
    ['without a function', ['db', true], 'health check db is true, but must be a function'],
    [
      'with no time',
      ['db', () => true, { timeout: 0 }],
      'health check db.timeout is 0, but must be a number of milliseconds above 0',
    ],
    [
      'with more time than a timer has',
      ['db', () => true, { timeout: 1e12 }],
      'health check db.timeout is 1000000000000, but must be a number of milliseconds from 0 to 2147483647',
    ],
    [
      'with another group',
      ['db', () => true, { group: ['ready', 'set'] }],
      'health check db.group is ["ready","set"], but must be live, ready, startup or a list of them',
    ],
    [
      'with no group',
      ['db', () => true, { group: [] }],
      'health check db.group is [], but must be live, ready, startup or a list of them',
    ],
    [
      'with an option that there is not',
      ['db', () => true, { critial: true }],
      'health check db.critial does not exist: there are critical, timeout, cache, group, failAfter, recoverAfter, kind',
    ],
  ])('%s fails at once, with one sentence', (_, args, sentence) => {
    const { health } = quiet()
    const check = health.check as (...args: unknown[]) => void
    expect(() => check(...args)).toThrow(new TypeError(`Sightline: ${sentence}`))
  })
})

it('wants no traffic any more once the service shuts down, but lives', async () => {
  const { health, shutdown } = quiet()
  health.check('database', () => true)
  expect(await health.ready()).toBe('healthy')
  await shutdown()
  const { status, checks } = await health.report()
  expect([await health.ready(), status, await health.live()]).toEqual(['unhealthy', 'unhealthy', 'healthy'])
  expect(checks.database?.status).toBe('healthy')
})

describe('the log', () => {
  it('has one line for each change of a status, with its reason, masked', async () => {
    const lines: Array<Record<string, unknown>> = []
    const destination = {
      write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    }
    const { health } = createSightline({ service: 'test', log: { destination } })
    let reason: string | undefined
    const check = () => {
      if (reason) throw new Error(reason)
    }
    health.check('database', check, { cache: 0 })
    health.check('cache', check, { cache: 0, critical: false })
    await health.ready()
    reason = 'cannot reach postgres://app:hunter2@db'
    for (let n = 0; n < 3; n++) await health.ready()
    reason = undefined
    for (let n = 0; n < 3; n++) await health.ready()
    expect(lines.map(({ level, msg, check: name, reason: told }) => [level, msg, name, told])).toEqual([
      ['error', 'health check has failed', 'database', 'cannot reach postgres://app:[redacted]@db'],
      ['warn', 'health check has failed', 'cache', 'cannot reach postgres://app:[redacted]@db'],
      ['info', 'health check has recovered', 'database', undefined],
      ['info', 'health check has recovered', 'cache', undefined],
    ])
  })

  it('harms no check where it fails', async () => {
    const destination = {
      write() {
        throw new Error('the disk is full')
      },
    }
    const { health } = createSightline({ service: 'test', log: { destination } })
    health.check('database', () => false)
    expect(await health.ready()).toBe('unhealthy')
  })
})
