import { describe, expect, it } from '@jest/globals'

import type { Found } from '../../src/api/shapes.ts'
import { environmentsOf, inEnvironment } from '../../src/shell/environment.ts'
import { choicesOf, pagesFor, servicesFor } from '../../src/shell/find.ts'

const found = (result: Partial<Found> & { kind: string }): Found => ({ title: 't', detail: '', ...result })
const service = (name: string) =>
  ({
    name,
    state: 'failing',
    reason: '6 % of the requests fail.',
    instances: { live: 1, down: 0 },
    versions: [],
    requests: null,
    eventLoopDelay: null,
  }) as const

describe('finding', () => {
  it('opens a trace at the span that was pasted', () => {
    expect(choicesOf([found({ kind: 'span', traceId: 'aa', spanId: 'bb' })])).toMatchObject([
      { to: { path: '/traces/aa', params: { span: 'bb' } }, isExact: true },
    ])
  })

  it('opens lines with a value around their time, and quotes the value', () => {
    const [choice] = choicesOf([
      found({ kind: 'attribute', field: 'order.id', value: 'o 1', time: '1769860740000000000' }),
    ])
    expect(choice).toMatchObject({
      to: {
        path: '/logs',
        params: { q: 'order.id:"o 1"', from: '1769859840000', to: '1769861640000', r: null },
      },
    })
  })

  it('encodes names in paths', () => {
    expect(choicesOf([found({ kind: 'error', fingerprint: '1-a/b' })])[0]?.to).toEqual({
      path: '/errors/1-a%2Fb',
    })
    expect(servicesFor([service('shop/mail')], 'MAIL')[0]?.to).toEqual({ path: '/services/shop%2Fmail' })
  })

  it('leaves out what has no page', () => {
    expect(choicesOf([found({ kind: 'something-new' }), found({ kind: 'log', time: 'x' })])).toHaveLength(1)
  })

  it('finds pages by the beginning of their name', () => {
    expect(pagesFor('m').map(({ text }) => text)).toEqual(['Metrics', 'Map'])
  })
})

describe('environments', () => {
  const info = (job: string, labels: Record<string, string>) => ({ labels: { job, ...labels }, value: 1 })
  const infos = [
    info('shop', { deployment_environment_name: 'production' }),
    info('shop', { deployment_environment: 'staging' }),
    info('mail', { env: 'production' }),
    info('cron', {}),
  ]

  it('are those that services name, by any of the conventions', () => {
    expect(environmentsOf(infos)).toEqual(['production', 'staging'])
  })

  it('filter the services that have an instance there', () => {
    const services = ['shop', 'mail', 'cron'].map(service)
    const names = (environment?: string) =>
      inEnvironment(services, environment, infos).map(({ name }) => name)
    expect(names('staging')).toEqual(['shop'])
    expect(names('production')).toEqual(['shop', 'mail'])
    expect(names()).toEqual(['shop', 'mail', 'cron'])
  })
})
