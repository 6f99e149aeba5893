import { beforeAll, describe, expect, it } from '@jest/globals'

import type { Framework } from '../src/service/plan.ts'
import { countedPerRequest } from './counted.ts'
import type { Counted } from './fixtures/counted-service.ts'

/**
 * What Sightline, with everything, adds to a request of each framework: counted, never timed, and the same on any
 * machine. Counted without optimising compilers, the bytes are more than they are in service. Who makes it less writes
 * the new number down.
 */
const ADDED: Record<Framework, Counted> = {
  fastify: { bytes: 6_210, resources: 0, listeners: 2 },
  express: { bytes: 7_420, resources: 0, listeners: 2 },
  // Its middleware is an async function: a promise for itself and one for what it awaits.
  koa: { bytes: 7_030, resources: 2, listeners: 2 },
}

/** A fifth more is somebody's decision, not the noise of another version of node. */
const HEADROOM = 1.2

/** Timers that come round every so many requests. */
const NOW_AND_THEN = 0.25

describe.each(Object.entries(ADDED) as Array<[Framework, Counted]>)('a request on %s', (framework, added) => {
  let bare: Counted
  let observed: Counted

  beforeAll(async () => {
    bare = await countedPerRequest(framework)
    observed = await countedPerRequest(framework, 'sightline')
  })

  it('allocates no more bytes than it did when somebody last looked', () => {
    expect(bare.bytes).toBeGreaterThan(1_000)
    expect(observed.bytes - bare.bytes).toBeLessThan(added.bytes * HEADROOM)
  })

  it('makes no more promises, timers and other async resources', () => {
    expect(bare.resources).toBeGreaterThan(1)
    expect(observed.resources - bare.resources).toBeLessThan(added.resources + NOW_AND_THEN)
  })

  it('gets no more listeners on itself, its response and its socket', () => {
    expect(bare.listeners).toBeGreaterThan(0)
    expect(observed.listeners - bare.listeners).toBeLessThanOrEqual(added.listeners)
  })
})
