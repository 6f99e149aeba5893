import { hostname } from 'node:os'

import { describe, expect, test } from '@jest/globals'

import { ask, startEdge } from '../edge/edge.ts'

const statusFor = async (port: number, host: string, more = {}) =>
  (await ask(port, '/health/live', { headers: { host, ...more } })).status

describe('the Host header', () => {
  test('may be any loopback name where the hub listens on loopback, and no other', async () => {
    const { port } = await startEdge({ hosts: ['hub.internal'] })
    for (const host of [
      'localhost',
      'LOCALHOST:4318',
      'a.localhost',
      '127.0.0.1',
      '127.9.9.9:1',
      '[::1]:4318',
      'hub.internal',
      'hub.internal.:80',
    ])
      expect([host, await statusFor(port, host)]).toEqual([host, 200])
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '192.168.1.7',
      'a@localhost',
      'localhost:x',
      'localhost/',
      '[::2]',
      'xn--localhost',
    ])
      expect([host, await statusFor(port, host)]).toEqual([host, 403])
  })

  test('may be any address and the name of the machine where the hub listens for others', async () => {
    const { port, access } = await startEdge({ host: '0.0.0.0' })
    expect(Object.keys(access.generated)).toEqual(['token', 'viewToken'])
    for (const host of ['localhost', '192.168.1.7:4318', '[2001:db8::1]', hostname()])
      expect([host, await statusFor(port, host)]).toEqual([host, 200])
    for (const host of ['evil.example', '1.2.3.4.example'])
      expect([host, await statusFor(port, host)]).toEqual([host, 403])
  })

  test('is checked before the receiver, too', async () => {
    const { port, taken } = await startEdge()
    const headers = { host: 'evil.example', 'content-type': 'application/json' }
    expect(await ask(port, '/v1/traces', { method: 'POST', headers, body: '{}' })).toMatchObject({
      status: 403,
    })
    expect(taken).toEqual([])
  })
})

test('pages of other origins are refused on every path, and the own pages are not', async () => {
  const { port } = await startEdge()
  const host = 'localhost:4318'
  for (const origin of [
    'http://evil.example',
    'http://localhost',
    'http://localhost:4319',
    'null',
    'file://',
    'http://localhost:4318.evil.example',
  ])
    for (const path of ['/', '/api/hub', '/metrics', '/login', '/health/live'])
      expect([origin, path, (await ask(port, path, { headers: { host, origin } })).status]).toEqual([
        origin,
        path,
        403,
      ])
  for (const origin of ['http://localhost:4318', 'https://LOCALHOST:4318'])
    expect(await statusFor(port, host, { origin })).toBe(200)
})
