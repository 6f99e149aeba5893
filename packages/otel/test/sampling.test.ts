import { randomBytes } from 'node:crypto'

import { expect, it } from '@jest/globals'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'

import { createSampler } from '../src/sampling.ts'

const ids = Array.from({ length: 5_000 }, () => randomBytes(16).toString('hex'))

it.each([0, 0.01, 0.1, 0.5, 0.999, 1])('chooses the same traces as the SDK at a share of %d', (ratio) => {
  const theirs = new TraceIdRatioBasedSampler(ratio)
  const ours = createSampler({ ratio, parent: false })
  for (const id of ids) {
    const { decision } = theirs.shouldSample(ROOT_CONTEXT, id)
    expect(ours.sample(id, undefined, '/')).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED)
  }
})

it('follows a caller who has decided, if it is told to', () => {
  const following = createSampler({ ratio: 0 })
  expect([true, false, undefined].map((caller) => following.sample('a'.repeat(32), caller, '/'))).toEqual([
    true,
    false,
    false,
  ])
  const alone = createSampler({ ratio: 1, parent: false })
  expect(alone.sample('a'.repeat(32), false, '/')).toBe(true)
})

it.each([
  ['/orders/:id', '/orders/7', true],
  ['/orders/:id', '/orders/7?x=1', true],
  ['/orders/:id', '/orders/7/items', false],
  ['/assets/*', '/assets/a/b.css', true],
  ['/a.b', '/aXb', false],
  ['/', '/', true],
])('reads the rule %s for %s', (pattern, target, expected) => {
  const sampler = createSampler({ ratio: 0, routes: { [pattern]: 1 } })
  expect(sampler.sample('a'.repeat(32), undefined, target)).toBe(expected)
})

it('keeps at the end what failed or took long', () => {
  expect(createSampler({}).holds).toBe(false)
  const { keeps, holds } = createSampler({ keepErrors: true, keepSlow: 100 })
  expect(holds).toBe(true)
  expect([keeps(true, 1), keeps(false, 100), keeps(false, 99)]).toEqual([true, true, false])
})
