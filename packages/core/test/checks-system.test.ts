import { describe, expect, it } from '@jest/globals'

import { type CheckFunction, checks } from '../src/index.ts'
import { quiet, until } from './probe.ts'

/** What a Sightline with one check knows of it. */
async function outcomeOf(check: CheckFunction) {
  const { health } = quiet()
  health.check('it', check)
  return (await health.report({ details: true })).checks.it
}

describe('checks.disk', () => {
  it.each([
    ['there is more than enough', { degradedBelow: 1, unhealthyBelow: 1 }, 'healthy'],
    [
      'less is free than the share that should be',
      { degradedBelow: 0.999_999, unhealthyBelow: 1 },
      'degraded',
    ],
    ['less is free than the bytes that should be', { degradedBelow: 1e18, unhealthyBelow: 1 }, 'degraded'],
    ['less is free than has to be', { unhealthyBelow: 1e18 }, 'unhealthy'],
  ])('where %s, %o is %s', async (_, limits, status) => {
    const outcome = await outcomeOf(checks.disk('/', limits))
    expect(outcome).toMatchObject({
      status,
      kind: 'system',
      details: { path: '/', freeBytes: expect.any(Number), totalBytes: expect.any(Number) },
    })
    expect(outcome?.reason).toEqual(
      status === 'healthy' ? undefined : expect.stringMatching(/^\d+ of \d+ bytes are free$/),
    )
  })

  it('is unhealthy where there is no such path', async () => {
    expect(await outcomeOf(checks.disk('/no/such/path'))).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('ENOENT'),
    })
  })
})

describe('checks.memory', () => {
  it.each([
    [{}, 'healthy'],
    [{ degradedAbove: 0 }, 'degraded'],
    [{ unhealthyAbove: 0 }, 'unhealthy'],
  ])('with %o is %s', async (limits, status) => {
    expect(await outcomeOf(checks.memory(limits))).toMatchObject({ status, kind: 'system' })
  })

  it('measures what is held against what there is', async () => {
    const { details } = (await outcomeOf(checks.memory())) ?? {}
    const {
      rssBytes = 0,
      limitBytes = 0,
      heapBytes = 0,
      heapLimitBytes = 0,
    } = details as Record<string, number>
    expect(rssBytes).toBeGreaterThan(10_000_000)
    expect(limitBytes).toBeGreaterThan(rssBytes)
    expect(heapBytes).toBeGreaterThan(1_000_000)
    expect(heapLimitBytes).toBeGreaterThan(heapBytes)
  })
})

describe('checks.eventLoop', () => {
  function block(ms: number): void {
    const end = performance.now() + ms
    while (performance.now() < end);
  }

  it('is degraded when the loop was late since the last run, and healthy again afterwards', async () => {
    const { health } = quiet()
    health.check('event loop', checks.eventLoop({ degradedAbove: 300 }), { cache: 0 })
    // A busy machine may have kept the loop as well.
    await until(health.ready, (each) => each === 'healthy')
    block(600)
    const { status, reason, details } = (await health.report({ details: true })).checks['event loop'] ?? {}
    expect({ status, reason }).toEqual({
      status: 'degraded',
      reason: expect.stringMatching(/^the event loop was \d+ ms late$/),
    })
    expect((details as { delayMs: number }).delayMs).toBeGreaterThan(500)
    await until(health.ready, (each) => each === 'healthy')
    health.check('event loop', () => true)
  })

  it('is unhealthy only where it is told from when on', async () => {
    const sightline = quiet()
    sightline.health.check('event loop', checks.eventLoop({ unhealthyAbove: 20 }), { cache: 0 })
    await sightline.health.ready()
    block(300)
    expect(await sightline.health.ready()).toBe('unhealthy')
    await sightline.close()
  })
})

it.each<[string, () => unknown, string]>([
  ['disk', () => checks.disk(''), 'the path of checks.disk is "", but must be a text that is not empty'],
  [
    'disk',
    () => checks.disk('/', { degradedBelow: -1 }),
    'checks.disk.degradedBelow is -1, but must be a number that is not negative',
  ],
  [
    'memory',
    () => checks.memory({ above: 1 } as never),
    'checks.memory.above does not exist: there are degradedAbove, unhealthyAbove',
  ],
])('checks.%s refuses wrong options at once', (_, make, sentence) => {
  expect(make).toThrow(new TypeError(`Sightline: ${sentence}`))
})
