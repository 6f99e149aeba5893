import { afterEach, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type SightlineOptions } from '../src/index.ts'
import { served } from './probe.ts'

const TOKEN = 'c2lnaHRsaW5lLXRva2Vu'
const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** An application that answers 299 to whatever reaches it, and the warnings of its Sightline. */
async function application(options: SightlineOptions) {
  const warnings: string[] = []
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as { readonly level: string; readonly msg: string }
    if (level === 'warn') warnings.push(msg)
  }
  const sightline = createSightline({ service: 'test', log: { destination: { write } }, ...options })
  closing.push(() => sightline.close())
  const { get, close } = await served((req, res) => {
    if (!hostOf(sightline).serve(req, res)) res.writeHead(299).end()
  })
  closing.push(close)
  return {
    sightline,
    warnings,
    statusOf: async (path: string, method = 'GET') => (await get(path, { method })).status,
  }
}

it('leaves to the application what an endpoint that changes things does not answer to', async () => {
  const { statusOf } = await application({ management: { token: TOKEN } })
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
    expect([method, await statusOf('/loggers', method)]).toEqual([method, 401])
  expect(await statusOf('/loggers', 'OPTIONS')).toBe(299)
  expect(await statusOf('/metrics', 'POST')).toBe(299)
})

it('leaves all methods to the application where operators have a port of their own, and refuses them there', async () => {
  const { sightline, statusOf } = await application({ management: { port: 0 } })
  for (const method of ['GET', 'POST']) expect(await statusOf('/metrics', method)).toBe(299)
  expect(await statusOf('/health/live', 'POST')).toBe(299)
  const url = (await sightline.management?.listening()) ?? ''
  for (const path of ['/metrics', '/metrics/', '/stats/', '/loggers/', '/health/live/', '/health/']) {
    expect([path, (await fetch(url + path)).status]).toEqual([path, 200])
    const refused = await fetch(url + path, { method: 'OPTIONS' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, expect.stringMatching(/^GET, HEAD/)])
  }
  expect((await fetch(`${url}/metrics//`)).status).toBe(404)
})

it('answers with a slash at the end and without, whichever way the option names the path', async () => {
  const { statusOf } = await application({ metrics: { path: '/internal/metrics/' }, stats: { path: '/' } })
  for (const path of ['/internal/metrics', '/internal/metrics/', '/internal/metrics/?x=1', '/', '/?x=/'])
    expect([path, await statusOf(path)]).toEqual([path, 200])
  for (const path of ['/internal/metrics//', '/metrics/'])
    expect([path, await statusOf(path)]).toEqual([path, 299])
})

it('says once for each path that a route of the application is never reached, and makes no series of it', async () => {
  const { sightline, warnings } = await application({ management: { token: TOKEN } })
  const routes = [
    { method: 'GET', route: '/stats/' },
    { method: 'HEAD', route: '/stats/' },
    { method: 'PUT', route: '/loggers' },
    { method: 'POST', route: '/stats' },
    { method: 'GET', route: '/stats/:id' },
  ]
  for (let i = 0; i < 2; i++) hostOf(sightline).know(routes)
  expect(warnings).toEqual([
    expect.stringMatching(/own route GET \/stats\/ is never reached.* option stats\.path /),
    expect.stringMatching(/own route PUT \/loggers is never reached.* option management\.loggers /),
  ])
  const known = (await sightline.metrics.text()).match(/^http_request_duration_seconds_count.*$/gm)
  expect(known).toEqual([
    'http_request_duration_seconds_count{method="POST",route="/stats"} 0',
    'http_request_duration_seconds_count{method="GET",route="/stats/:id"} 0',
  ])
})
