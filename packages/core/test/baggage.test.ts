import { expect, it } from '@jest/globals'

import { createSightline } from '../src/index.ts'

const { context } = createSightline({ log: { level: 'silent' }, baggage: ['tenant', 'plan'] })

/** What is passed on of a header that came. */
const passedOn = (baggage: string | string[]) =>
  context.run({}, () => context.inject().baggage, context.extract({ baggage }))

it('passes on what the option allows, and nothing else', () => {
  expect(passedOn('tenant=t1,internal=no, plan = gold ;ttl=5')).toBe('tenant=t1,plan=gold')
  expect(passedOn(['tenant=t1', 'plan=gold'])).toBe('tenant=t1,plan=gold')
  expect(passedOn('internal=no')).toBeUndefined()
  const { context: closed } = createSightline({ log: { level: 'silent' } })
  expect(closed.extract({ baggage: 'tenant=t1' }).baggage).toBeUndefined()
})

it.each([
  ['percent-encoding', 'tenant=%E2%82%AC%20%2C', 'tenant=%E2%82%AC%20%2C'],
  ['an encoding that is broken', 'tenant=%E2%82,plan=gold', 'plan=gold'],
  ['a member without a value', 'tenant,plan=gold', 'plan=gold'],
  ['a name that is none', 'ten ant=t1,plan=gold', 'plan=gold'],
  ['more than 8192 bytes', `tenant=${'x'.repeat(8_192)}`, undefined],
  ['a member behind the 64th', `${'a=1,'.repeat(64)}tenant=t1`, undefined],
])('reads by the recommendation: %s', (_, header, expected) => {
  expect(passedOn(header)).toBe(expected)
})

it('can be added to within a request or job, and is that of all of it', () => {
  expect(context.baggage()).toEqual({})
  context.carry({ tenant: 'nowhere' })
  context.run({}, () => {
    context.carry({ tenant: 't1', internal: 'no' })
    context.run({}, () => expect(context.baggage()).toEqual({ tenant: 't1' }))
    context.carry({ plan: 'gold,plus' })
    expect(context.inject().baggage).toBe('tenant=t1,plan=gold%2Cplus')
  })
  expect(context.inject()).toEqual({})
})

it('leaves out as a whole what would not fit', () => {
  context.run({}, () => {
    context.carry({ tenant: 'x'.repeat(8_190), plan: 'gold' })
    expect(context.inject().baggage).toBe('plan=gold')
  })
})
