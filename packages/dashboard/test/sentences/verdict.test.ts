import { describe, expect, it } from '@jest/globals'

import type { Change, Service } from '../../src/api/shapes.ts'
import { clock } from '../../src/format/times.ts'
import { plainOf } from '../../src/sentences/part.ts'
import { type Known, verdictOf } from '../../src/sentences/verdict.ts'

const NOW = new Date(2026, 0, 31, 14, 47).getTime()
const MINUTE = 60_000

function service(name: string, state: Service['state'], more: Partial<Service> = {}): Service {
  return {
    name,
    state,
    reason: '',
    instances: { live: 2, down: 0 },
    versions: [],
    requests: { rate: 1, errors: 0, errorRatio: 0, p50: 0.1, p95: 0.2, p99: 0.3, estimated: false },
    eventLoopDelay: null,
    ...more,
  }
}
const change = (minutesAgo: number, kind: string, name: string, more: Partial<Change> = {}): Change => ({
  time: NOW - minutesAgo * MINUTE,
  kind,
  state: kind === 'version' ? 'deploy' : 'bad',
  service: name,
  ...more,
})
function said(known: Partial<Known>): string {
  const parts = verdictOf({
    services: [],
    changes: [],
    called: new Set(),
    running: () => 0,
    usual: () => undefined,
    now: NOW,
    length: 'in the last 20 minutes',
    ...known,
  })
  return plainOf(parts).replaceAll('\u202f', ' ')
}

describe('the verdict', () => {
  const deployed = change(17, 'version', 'payments', { version: '1.4.2', instances: ['payments-2'] })
  const slow = change(15, 'latency', 'payments', { before: 0.254, after: 4.82 })
  const failing = change(14, 'errors', 'shop', {
    method: 'POST',
    route: '/checkout',
    before: 0,
    after: 0.214,
  })
  const running: Known['running'] = (_, version) => (version === '' ? 2 : 1)

  it('says who fails since when, what it does to users, and what came just before', () => {
    const services = [
      service('orders', 'failing'),
      service('payments', 'failing'),
      service('shop', 'degraded'),
    ]
    const changes = [
      deployed,
      slow,
      change(14, 'errors', 'payments', { before: 0, after: 0.3 }),
      failing,
      change(13, 'errors', 'orders', { route: '/orders', before: 0, after: 0.25 }),
    ]
    expect(said({ services, changes, running, called: new Set(['payments', 'orders']) })).toBe(
      `payments is failing since ${clock(NOW - 15 * MINUTE, NOW)}. 21.4 % of POST /checkout fail and its p95 is 4.82 s, 19 times normal. It began 2 minutes after payments 1.4.2 went to 1 of 2 instances. orders is failing as well.`,
    )
  })

  it('names no cause without a deployment just before', () => {
    const early = change(40, 'version', 'payments', { version: '1.4.2' })
    for (const changes of [[slow], [early, slow], [slow, change(2, 'version', 'payments', { version: '2' })]])
      expect(said({ services: [service('payments', 'failing')], changes })).not.toContain('It began')
  })

  it('compares with the usual p95 where that did not change of late', () => {
    const services = [service('payments', 'failing', { requests: null, reason: 'No scrape succeeds.' })]
    expect(said({ services })).toBe('payments is failing. No scrape succeeds.')
    expect(said({ services: [service('payments', 'degraded')], usual: () => 0.02 })).toBe(
      'payments is degraded. Its p95 is 200 ms, 10 times normal.',
    )
  })

  it('says how many are healthy, and how much changed', () => {
    expect(said({ services: [service('a', 'healthy'), service('b', 'healthy')], changes: [deployed] })).toBe(
      'All 2 services are healthy. 1 change in the last 20 minutes.',
    )
    expect(said({ services: [service('a', 'healthy')] })).toBe(
      'a is healthy. Nothing changed in the last 20 minutes.',
    )
  })

  it('says what the hub knows of a silent service', () => {
    const reason = 'No telemetry for 7 minutes.'
    expect(said({ services: ['a', 'b', 'c'].map((name) => service(name, 'silent', { reason })) })).toBe(
      'a is silent. No telemetry for 7 minutes. Two more services are silent as well.',
    )
  })

  it('says that there is no service', () => {
    expect(said({})).toBe(`No service has sent anything in the day before ${clock(NOW)}.`)
  })
})
