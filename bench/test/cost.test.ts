import { beforeAll, describe, expect, it } from '@jest/globals'

import type { Framework } from '../src/service/plan.ts'
import { countedPerRequest } from './counted.ts'
import type { Counted } from './fixtures/counted-service.ts'

/**
 * The cost that Sightline with all features adds to a request of each framework. It is counted, not timed,
 * and the same on any machine. Without optimizing compilers the bytes are more than in production. An
 * improvement updates the numbers here.
 */
const ADDED: Record<Framework, Counted> = {
  fastify: { bytes: 6_210, resources: 0, listeners: 2 },
  express: { bytes: 7_420, resources: 0, listeners: 2 },
  // Its middleware is an async function: one promise for itself and one for the awaited value.
  koa: { bytes: 7_030, resources: 2, listeners: 2 },
}

/** A growth by a fifth is a decision, not noise of another node version. */
const HEADROOM = 1.2

/** Tolerance for timers that fire once per several requests. */
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
