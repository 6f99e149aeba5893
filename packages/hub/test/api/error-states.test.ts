import { describe, expect, test } from '@jest/globals'

import type { ErrorState } from '../../src/store/search.ts'
import { HOUR, NOW, now, recorded } from './recorded-api.ts'

describe('the state of an error', () => {
  test.each<[string, ErrorState, unknown]>([
    ['{"state":"resolved"}', { kind: 'resolved' }, { kind: 'resolved' }],
    ['{"state":"open"}', { kind: 'open' }, { kind: 'open' }],
    ['{"state":"ignored"}', { kind: 'ignored', until: undefined }, { kind: 'ignored', until: null }],
    [
      '{"state":"ignored","until":"2026-01-31T14:00:00+01:00"}',
      { kind: 'ignored', until: now + HOUR },
      { kind: 'ignored', until: String(now + HOUR) },
    ],
    [
      `{"state":"ignored","until":${NOW + 1}}`,
      { kind: 'ignored', until: now + 1_000_000n },
      { kind: 'ignored', until: String(now + 1_000_000n) },
    ],
  ])('is set by %s', async (body, state, answered) => {
    const { asked, states } = recorded()
    await expect(asked('/api/errors/1-ab', { method: 'POST', body })).resolves.toMatchObject({
      status: 200,
      body: { fingerprint: '1-ab', state: answered },
    })
    expect(states).toEqual([['1-ab', state, now]])
  })

  test.each([
    ['', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['[', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['null', 'The body must be an object of JSON such as {"state":"resolved"}'],
    ['{"state":"regressed"}', 'The state must be open, resolved or ignored'],
    [
      '{"state":"ignored","until":"now"}',
      'The end of ignoring must be a time in the future, such as 2026-01-31T12:00:00Z',
    ],
    [
      '{"state":"ignored","until":{}}',
      'The end of ignoring must be a time in the future, such as 2026-01-31T12:00:00Z',
    ],
  ])('is not set by %j', async (body, error) => {
    const { asked, states } = recorded()
    await expect(asked('/api/errors/1-ab', { method: 'POST', body })).resolves.toMatchObject({
      status: 400,
      body: { error },
    })
    expect(states).toEqual([])
  })
})
