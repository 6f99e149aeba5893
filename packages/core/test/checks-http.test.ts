import { spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, it } from '@jest/globals'

import { checks, type Sightline } from '../src/index.ts'
import { endsByItself } from './natural-exit.ts'
import { quiet, served, type Served, servedEndpoints } from './probe.ts'

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<Served> {
  const server = await served(listener)
  closing.push(server.close)
  return server
}

async function serveEndpoints(sightline: Sightline): Promise<Served> {
  const server = await servedEndpoints(sightline)
  closing.push(server.close)
  return server
}

/** What a Sightline with one check knows of it. */
async function outcomeOf(check: ReturnType<typeof checks.http>, options = {}) {
  const { health } = quiet()
  health.check('it', check, options)
  const { it: outcome } = (await health.report({ details: true })).checks
  return outcome
}

describe('checks.http', () => {
  it.each([
    [200, 'healthy'],
    [204, 'healthy'],
    [302, 'unhealthy'],
    [404, 'unhealthy'],
    [503, 'unhealthy'],
  ])('takes status %d for %s', async (code, status) => {
    const { url } = await serve((_, res) => res.writeHead(code).end())
    expect(await outcomeOf(checks.http(url))).toMatchObject({ status })
  })

  it('takes the statuses that it is told for healthy, and no others', async () => {
    const { url } = await serve((req, res) => res.writeHead(Number(req.url?.slice(1))).end())
    const statusOf = async (code: number) =>
      (await outcomeOf(checks.http(`${url}/${code}`, { statuses: [401, 405] })))?.status
    expect([await statusOf(401), await statusOf(405), await statusOf(200)]).toEqual([
      'healthy',
      'healthy',
      'unhealthy',
    ])
  })

  it('asks as it is told, and goes nowhere else', async () => {
    const asked: unknown[] = []
    const { url } = await serve(({ method, url: path, headers: { 'x-key': key } }, res) => {
      asked.push([method, path, key])
      res.writeHead(302, { location: '/elsewhere' }).end()
    })
    await outcomeOf(checks.http(`${url}/a?b=c`, { method: 'HEAD', headers: { 'x-key': 'k' } }))
    expect(asked).toEqual([['HEAD', '/a?b=c', 'k']])
  })

  it('says where it got which answer, without what a URL may hide', async () => {
    const { url } = await serve((_, res) => res.writeHead(500).end())
    const check = checks.http(`${url.replace('://', '://me:hunter2@')}/ping?key=secret`)
    expect(await outcomeOf(check)).toMatchObject({ reason: `${url}/ping has answered 500` })
  })

  it('is unhealthy where nobody listens', async () => {
    const { url, close } = await serve(() => {})
    close()
    expect(await outcomeOf(checks.http(url))).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it.each<[string, RequestListener]>([
    ['headers', () => {}],
    ['a body that ends', (_, res) => void res.writeHead(200).write('…')],
  ])('waits no longer than its budget for %s, and hangs up', async (_, listener) => {
    const hungUp = Promise.withResolvers<void>()
    const { url } = await serve((req, res) => {
      req.socket.on('close', () => hungUp.resolve())
      listener(req, res)
    })
    expect(await outcomeOf(checks.http(url), { timeout: 50 })).toMatchObject({
      status: 'unhealthy',
      reason: 'it has not answered in time',
    })
    await hungUp.promise
  })

  it('reads no more of a body than it has to', async () => {
    const hungUp = Promise.withResolvers<void>()
    const { url } = await serve((req, res) => {
      req.socket.on('close', () => hungUp.resolve())
      const fill = () => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      }
      res.on('drain', fill)
      fill()
    })
    expect(await outcomeOf(checks.http(url), { timeout: 60_000 })).toMatchObject({ status: 'healthy' })
    await hungUp.promise
  })

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x-filler: yes\r\n'.repeat(10_000)}`],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
  ])('is unhealthy where it gets %s', async (_, bytes) => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(bytes))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    expect(await outcomeOf(checks.http(`http://127.0.0.1:${port}`))).toMatchObject({ status: 'unhealthy' })
  })

  it('keeps no connection', async () => {
    let open = 0
    const gone: Array<Promise<unknown>> = []
    const { url } = await serve((req, res) => {
      open++
      gone.push(once(req.socket, 'close').then(() => open--))
      res.end('fine')
    })
    const { health } = quiet()
    health.check('endpoint', checks.http(url), { cache: 0 })
    for (let n = 0; n < 5; n++) expect(await health.ready()).toBe('healthy')
    expect(gone).toHaveLength(5)
    await Promise.all(gone)
    expect(open).toBe(0)
  })

  it.each([
    ['postgres://app:hunter2@db', 'one of postgres:'],
    ['not a URL', 'none'],
  ])('refuses %s without showing it', (url, got) => {
    expect(() => checks.http(url)).toThrow(
      `Sightline: checks.http needs a URL that begins with http:// or https://, but got ${got}`,
    )
  })

  it('refuses statuses that there are not', () => {
    expect(() => checks.http('http://a', { statuses: [20] })).toThrow(
      'Sightline: checks.http.statuses is [20], but must be a list of statuses',
    )
  })
})

describe('checks.service', () => {
  it.each(['healthy', 'degraded', 'unhealthy'] as const)('passes on that a service is %s', async (status) => {
    const orders = quiet()
    orders.health.check('database', () => ({ status }))
    const { url } = await serveEndpoints(orders)
    expect(await outcomeOf(checks.service(url))).toMatchObject({
      status,
      ...(status !== 'healthy' && { reason: `${url}/health/ready says that it is ${status}` }),
    })
  })

  it('does not take those out of traffic that depend on what is down', async () => {
    const payments = quiet()
    payments.health.check('database', () => false)
    const orders = quiet()
    orders.health.check('payments', checks.service((await serveEndpoints(payments)).url))
    const shop = quiet()
    shop.health.check('orders', checks.service((await serveEndpoints(orders)).url))
    expect([await payments.health.ready(), await orders.health.ready(), await shop.health.ready()]).toEqual([
      'unhealthy',
      'degraded',
      'degraded',
    ])
  })

  it('takes the service out of traffic where it is told that it cannot do without the other', async () => {
    const orders = quiet()
    orders.health.check('database', () => false)
    const { url } = await serveEndpoints(orders)
    const shop = quiet()
    shop.health.check('orders', checks.service(url), { critical: true })
    expect(await shop.health.ready()).toBe('unhealthy')
  })

  it('does not wait for a service that waits for this one', async () => {
    const [one, other] = [quiet(), quiet()]
    one.health.check('other', checks.service((await serveEndpoints(other)).url), { timeout: 60_000 })
    other.health.check('one', checks.service((await serveEndpoints(one)).url), { timeout: 60_000 })
    expect(await Promise.all([one.health.ready(), other.health.ready()])).toEqual(['healthy', 'healthy'])
  })

  it('asks below the path of its URL, and wherever it is told to', async () => {
    const asked: unknown[] = []
    const { url } = await serve((req, res) => {
      asked.push(req.url)
      res.end('fine, but in other words')
    })
    expect(await outcomeOf(checks.service(`${url}/orders/`))).toMatchObject({ status: 'healthy' })
    await outcomeOf(checks.service(url, { path: '/internal/health' }))
    expect(asked).toEqual(['/orders/health/ready', '/internal/health'])
  })

  it('is unhealthy where nobody is, or somebody else', async () => {
    const { url, close } = await serve((_, res) => res.writeHead(404).end())
    expect(await outcomeOf(checks.service(url))).toMatchObject({
      status: 'unhealthy',
      reason: `${url}/health/ready has answered 404`,
    })
    close()
    expect(await outcomeOf(checks.service(url))).toMatchObject({ status: 'unhealthy' })
  })
})

it('does not hold a process that has nothing else to do', async () => {
  const { url } = await serve(() => {})
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']
  const fixture = fileURLToPath(new URL('fixtures/asker.ts', import.meta.url))
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit', 'ipc']
  const child = spawn(process.execPath, [...flags, fixture, url], { stdio })
  closing.push(() => child.kill('SIGKILL'))
  await once(child, 'message')
  await endsByItself(child)
})
