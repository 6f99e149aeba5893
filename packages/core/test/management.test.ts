import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

import { afterEach, describe, expect, it } from '@jest/globals'
import { startPrometheus } from '@sightline/servers'

import { createSightline, type ManagementOptions, type SightlineOptions } from '../src/index.ts'
import { settingsFrom } from '../src/settings/settings.ts'
import { endsByItself } from './natural-exit.ts'
import { servedEndpoints } from './probe.ts'

const TOKEN = 'c2lnaHRsaW5lLXRva2Vu'
const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A Sightline with a management surface, and what can be asked of it. */
async function managed(management: ManagementOptions, options: SightlineOptions = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const sightline = createSightline({ service: 'test', log: { destination }, management, ...options })
  closing.push(() => sightline.close())
  sightline.health.check('database', () => {
    throw new Error('10.0.0.7 refused')
  })
  const app = await servedEndpoints(sightline)
  closing.push(app.close)
  const url = (await sightline.management?.listening()) ?? app.url
  const ask = (path: string, init?: RequestInit) => fetch(url + path, init)
  return { sightline, lines, url, ask, askApp: app.get }
}

const bearing = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

describe('with a port of its own', () => {
  it('answers operators there, and the application only probes', async () => {
    const { ask, askApp } = await managed({ port: 0 })
    for (const path of ['/metrics', '/stats', '/loggers', '/health/live', '/health/startup']) {
      expect([path, (await ask(path)).status]).toEqual([path, 200])
    }
    expect((await ask('/health/ready')).status).toBe(503)
    expect(await (await ask('/health')).text()).toContain('10.0.0.7')

    for (const path of ['/metrics', '/stats', '/loggers']) expect((await askApp(path)).status).toBe(404)
    expect((await askApp('/health/live')).status).toBe(200)
    expect((await askApp('/health/ready')).status).toBe(503)
    expect(await (await askApp('/health')).text()).not.toContain('10.0.0.7')
  })

  it('listens on loopback only, and says where', async () => {
    const { sightline, lines, url } = await managed({ port: 0 })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'info',
      address: url,
      msg: 'management listening',
    })
    expect(await sightline.management?.listening()).toBe(url)
  })

  it('answers at the paths of the options, or nowhere', async () => {
    const { ask } = await managed(
      { port: 0, loggers: '/log-levels' },
      { metrics: { path: '/prometheus' }, stats: { path: false } },
    )
    expect((await ask('/prometheus')).status).toBe(200)
    expect((await ask('/log-levels')).status).toBe(200)
    for (const path of ['/metrics', '/stats', '/loggers']) expect((await ask(path)).status).toBe(404)
  })

  it('lets all read where other machines reach it without a token, and nobody do more', async () => {
    const { ask } = await managed({ port: 0, host: '0.0.0.0' })
    expect((await ask('/metrics')).status).toBe(200)
    expect((await ask('/stats')).status).toBe(200)
    expect(await (await ask('/health')).text()).not.toContain('10.0.0.7')
    const refused = await ask('/loggers')
    expect([refused.status, await refused.text()]).toEqual([
      403,
      'this port can be reached from other machines: set management.token to allow this here\n',
    ])
  })

  it('warns once where the port is taken, and listens as soon as it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const lines: string[] = []
    const warned = Promise.withResolvers<void>()
    const destination = {
      write(line: string) {
        lines.push(line)
        warned.resolve()
      },
    }
    const sightline = createSightline({ service: 'test', log: { destination }, management: { port } })
    closing.push(() => sightline.close())
    await warned.promise
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'warn',
      msg: `sightline: management port ${port} failed; further failures of it are not logged`,
      err: { code: 'EADDRINUSE' },
    })
    other.close()
    expect(await sightline.management?.listening()).toBe(`http://127.0.0.1:${port}`)
    expect(lines.filter((line) => line.includes('EADDRINUSE'))).toHaveLength(1)
  })

  it('does not hold a process that has nothing else to do, whoever is connected', async () => {
    const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']
    const child = fork(`${import.meta.dirname}/fixtures/management.ts`, { execArgv: flags })
    closing.push(() => child.kill('SIGKILL'))
    const [url] = (await once(child, 'message')) as [string]
    expect((await fetch(`${url}/metrics`, { keepalive: true })).status).toBe(200)
    const silent = connect(Number(new URL(url).port), '127.0.0.1')
    closing.push(() => silent.destroy())
    await once(silent, 'connect')
    child.send('end')
    const [held] = (await once(child, 'message')) as [string[]]
    expect(held).toEqual([])
    await endsByItself(child)
  })

  it('is gone once Sightline is closed, and says so to whoever waits for it', async () => {
    const { sightline, ask } = await managed({ port: 0 })
    expect((await ask('/health/live')).status).toBe(200)
    await sightline.close()
    await expect(ask('/health/live')).rejects.toThrow('fetch failed')
    const never = createSightline({ service: 'test', log: { level: 'silent' }, management: { port: 0 } })
    const waiting = never.management?.listening()
    await never.close()
    await expect(waiting).rejects.toThrow('was closed before it listened')
  })
})

describe('with a token', () => {
  it("asks for it on the application's port, where there is no other", async () => {
    const { ask } = await managed({ token: TOKEN })
    for (const path of ['/metrics', '/stats', '/loggers']) {
      const refused = await ask(path)
      expect([path, refused.status, refused.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer realm="sightline"',
      ])
      expect((await ask(path, bearing(TOKEN))).status).toBe(200)
    }
  })

  it('leaves the probes open, and the report without its details', async () => {
    const { ask } = await managed({ token: TOKEN })
    expect((await ask('/health/live')).status).toBe(200)
    expect((await ask('/health/ready')).status).toBe(503)
    const open = await ask('/health')
    expect([open.status, (await open.text()).includes('10.0.0.7')]).toEqual([503, false])
    expect(await (await ask('/health', bearing(TOKEN))).text()).toContain('10.0.0.7')
  })

  it('asks for it on a port of its own as well', async () => {
    const { ask } = await managed({ port: 0, host: '0.0.0.0', token: TOKEN })
    expect((await ask('/metrics')).status).toBe(401)
    expect((await ask('/metrics', bearing(TOKEN))).status).toBe(200)
    expect((await ask('/loggers', bearing(TOKEN))).status).toBe(200)
    expect((await ask('/health/live')).status).toBe(200)
  })

  it.each([
    ['another one', bearing('c2lnaHRsaW5lLXRva2Vv')],
    ['a part of it', bearing(TOKEN.slice(0, -1))],
    ['more than it', bearing(`${TOKEN}x`)],
    ['none', { headers: { authorization: 'Bearer' } }],
    ['another scheme', { headers: { authorization: `Basic ${TOKEN}` } }],
    ['a list', { headers: { authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}` } }],
    ['8 KB', bearing('x'.repeat(7_000))],
  ])('refuses %s', async (_, init) => {
    const { ask } = await managed({ port: 0, token: TOKEN })
    const refused = await ask('/metrics', init)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="sightline", error="invalid_token"')
  })

  it('takes it from no query, and writes it nowhere', async () => {
    const { sightline, ask, lines } = await managed({ port: 0, token: TOKEN }, { lifecycle: false })
    expect((await ask(`/metrics?token=${TOKEN}&access_token=${TOKEN}`)).status).toBe(401)
    const seen = await (await ask('/metrics', bearing(TOKEN))).text()
    await ask('/loggers', { method: 'POST', body: `{"level":"debug","token":"${TOKEN}"}`, ...bearing(TOKEN) })
    await sightline.close()
    expect(seen + lines.join('')).not.toContain(TOKEN)
  })

  it('lets Prometheus in that brings it as credentials, and no other', async () => {
    const { url } = await managed({ port: 0, token: TOKEN })
    const address = new URL(url).host
    const prometheus = await startPrometheus([{ address, token: TOKEN }, { address }])
    closing.push(() => prometheus.stop())
    const targets = (await prometheus.scraped()).map(({ health, lastError }) => `${health} ${lastError}`)
    expect(targets.toSorted()).toEqual(['down server returned HTTP status 401 Unauthorized', 'up '])
  })
})

describe('its options', () => {
  it.each([
    [{ port: 65_536 }, 'option management.port is 65536, but must be a port from 0 to 65535'],
    [
      { token: 'short' },
      'option management.token is [redacted], but must be a text of at least 16 letters, digits and -._~+/',
    ],
    [
      { host: '0.0.0.0' },
      'management.host is "0.0.0.0", but without management.port there is nothing to listen on it',
    ],
  ])('are refused in one sentence: %j', (management, sentence) => {
    expect(() => createSightline({ management })).toThrow(new TypeError(`Sightline: ${sentence}`))
  })

  it('can come from the environment, where a wrong token is not shown either', () => {
    const env = {
      SIGHTLINE_MANAGEMENT_PORT: '9090',
      SIGHTLINE_MANAGEMENT_HOST: '::1',
      SIGHTLINE_MANAGEMENT_TOKEN: TOKEN,
    }
    expect(settingsFrom({}, env).management).toEqual({
      port: 9_090,
      host: '::1',
      token: TOKEN,
      loggers: '/loggers',
    })
    expect(() => settingsFrom({}, { SIGHTLINE_MANAGEMENT_TOKEN: 'geheim' })).toThrow(
      'environment variable SIGHTLINE_MANAGEMENT_TOKEN is [redacted], but must be a text of at least 16',
    )
  })
})
