import { expect, it } from '@jest/globals'

import { hostRules } from '../src/tracing/hosts.ts'

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '[::1]',
  '::ffff:10.0.0.1',
  'fd00::1',
  'fe80::1',
  'localhost',
  'payments',
  'payments.shop.svc',
  'payments.shop.svc.cluster.local',
  'db.internal',
])('takes %s for one of ours', (host) => {
  expect(hostRules('private')(host)).toBe(true)
})

it.each([
  'example.com',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '2001:4860::8888',
  'localhost.example.com',
  'local.example',
  'internal.example.com',
  '127.0.0.1.example.com',
])('takes %s for somebody else', (host) => {
  expect(hostRules('private')(host)).toBe(false)
})

it('knows those on a list besides', () => {
  const allows = hostRules(['api.example.com', '.shop.example', /^eu-\d+\.example\.net$/g])
  for (const host of [
    'api.example.com',
    'API.example.com',
    'shop.example',
    'a.shop.example',
    'eu-1.example.net',
    'localhost',
  ])
    expect(allows(host)).toBe(true)
  for (const host of [
    'example.com',
    'xapi.example.com',
    'evilshop.example',
    'eu-x.example.net',
    'eu-1.example.net.evil.com',
  ])
    expect(allows(host)).toBe(false)
  expect(hostRules('all')('example.com')).toBe(true)
  expect(hostRules('none')('localhost')).toBe(false)
})
