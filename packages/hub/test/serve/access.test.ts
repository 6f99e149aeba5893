import { describe, expect, test } from '@jest/globals'

import { ask, startEdge } from '../edge/edge.ts'

const TOKENS = { token: 'the-token-for-ingest', viewToken: 'the-token-for-viewing' }
const PRIVATE = ['/api/hub', '/api/live?topic=a', '/jaeger/api/services', '/metrics']

const cookieFrom = (headers: Readonly<Record<string, string | string[] | undefined>>): string =>
  String(headers['set-cookie']).split(';')[0] ?? ''

describe('a hub with tokens', () => {
  test('refuses readers without the token for viewing', async () => {
    const { port } = await startEdge(TOKENS)
    for (const path of PRIVATE)
      for (const authorization of [
        '',
        'Bearer the-token-for-ingest',
        'Bearer ',
        'Basic dGhlLXRva2VuLWZvci12aWV3aW5nOg==',
      ]) {
        const said = await ask(port, path, { headers: { authorization } })
        expect([path, said.status, said.headers['www-authenticate']]).toEqual([path, 401, 'Bearer'])
      }
    expect(await ask(port, '/', {})).toMatchObject({ status: 303, headers: { location: '/login' } })
  })

  test('answers readers with the token for viewing', async () => {
    const { port } = await startEdge(TOKENS)
    const headers = { authorization: 'Bearer the-token-for-viewing' }
    for (const path of ['/', '/api/hub', '/jaeger/api/services', '/metrics'])
      expect([path, (await ask(port, path, { headers })).status]).toEqual([path, 200])
  })

  test('lets only the token for ingest send', async () => {
    const { port, taken } = await startEdge(TOKENS)
    const headers = { authorization: 'Bearer the-token-for-viewing', 'content-type': 'application/json' }
    expect(await ask(port, '/v1/logs', { method: 'POST', headers, body: '{}' })).toMatchObject({
      status: 401,
    })
    expect(taken).toEqual([])
  })

  test('answers probes without a token', async () => {
    const { port } = await startEdge(TOKENS)
    for (const path of ['/health/live', '/health/ready'])
      expect(await ask(port, path)).toMatchObject({ status: 200 })
  })
})

describe('/login', () => {
  test.each([
    ['in the address', (port: number) => ask(port, '/login?token=the-token-for-viewing')],
    [
      'in the form',
      (port: number) => ask(port, '/login', { method: 'POST', body: 'token=the-token-for-viewing' }),
    ],
  ])('turns a token %s into a cookie that opens the pages', async (_where, login) => {
    const { port } = await startEdge(TOKENS)
    const said = await login(port)
    expect(said).toMatchObject({ status: 303, headers: { location: '/' } })
    const cookie = String(said.headers['set-cookie'])
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; /)
    expect(cookie).not.toMatch(/Secure|the-token/)
    const headers = { cookie: `theme=dark; ${cookieFrom(said.headers)}` }
    expect(await ask(port, '/api/hub', { headers })).toMatchObject({ status: 200 })
    expect(await ask(port, '/', { headers })).toMatchObject({ status: 200 })
  })

  test('marks the cookie as secure behind TLS', async () => {
    const { port } = await startEdge(TOKENS)
    const said = await ask(port, '/login?token=the-token-for-viewing', {
      headers: { 'x-forwarded-proto': 'https' },
    })
    expect(String(said.headers['set-cookie'])).toMatch(/; Secure$/)
  })

  test('refuses a wrong token, and shows the form', async () => {
    const { port } = await startEdge(TOKENS)
    for (const asking of [
      {},
      { method: 'POST', body: 'token=%ZZ' },
      { method: 'POST', body: Buffer.alloc(5_000) },
    ]) {
      const said = await ask(port, '/login?token=wrong', asking)
      expect(said.status).toBe(401)
      expect(said.headers).not.toHaveProperty('set-cookie')
      expect(said.body).toContain('<form method="post" action="/login">')
    }
    expect(await ask(port, '/login')).toMatchObject({ status: 200 })
    expect(await ask(port, '/login', { method: 'PUT' })).toMatchObject({ status: 405 })
  })

  test('gives cookies that cannot be forged, and that end', async () => {
    const { port } = await startEdge(TOKENS)
    const said = await ask(port, '/login?token=the-token-for-viewing')
    const cookie = cookieFrom(said.headers)
    const later = cookie.replace(/=(\d)/, (_all, digit: string) => `=${Number(digit) + 1}`)
    for (const forged of [
      later,
      `${cookie}x`,
      'sightline_session=',
      'sightline_session=1.2',
      cookie.replace('=', '=0'),
    ])
      expect(await ask(port, '/api/hub', { headers: { cookie: forged } })).toMatchObject({ status: 401 })
    const other = await startEdge({ ...TOKENS, viewToken: 'another-token-for-viewing' })
    expect(await ask(other.port, '/api/hub', { headers: { cookie } })).toMatchObject({ status: 401 })
  })
})

test('a hub for others without tokens generates both of them', async () => {
  const { port, access } = await startEdge({ host: '0.0.0.0' })
  const { token = '', viewToken = '' } = access.generated
  expect(token.length).toBeGreaterThanOrEqual(32)
  expect(token).not.toBe(viewToken)
  expect(await ask(port, '/api/hub')).toMatchObject({ status: 401 })
  const headers = { authorization: `Bearer ${viewToken}` }
  expect(await ask(port, '/api/hub', { headers })).toMatchObject({ status: 200 })
})
