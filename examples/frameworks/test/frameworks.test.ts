import { execFile, execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { startProgram } from './program.ts'

const pathOf = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url))

beforeAll(() => {
  // Node.js strips types but has no decorators, so NestJS applications must be compiled.
  execFileSync(pathOf('node_modules/.bin/tsc'), ['-p', pathOf('nestjs')], { stdio: 'inherit' })
})

describe.each([
  ['node:http alone', 'node-http/main.ts'],
  ['NestJS on Express', 'dist/nestjs/express.js'],
  ['NestJS on Fastify', 'dist/nestjs/fastify.js'],
])('%s', (_name, file) => {
  let service: Awaited<ReturnType<typeof startProgram>>
  let ending: Awaited<ReturnType<typeof service.stop>>
  let metrics: string

  const get = async (path: string) => {
    const response = await fetch(service.url + path, {
      headers: { 'x-request-id': `id-of${path.replaceAll('/', '-')}` },
    })
    return { response, body: await response.text() }
  }
  const linesOf = (id: string) => service.lines.filter((line) => line['request_id'] === id)

  beforeAll(async () => {
    service = await startProgram(pathOf(file))
  })
  afterAll(() => service.kill())

  test('answers as it would without, and says which request it was', async () => {
    const { response, body } = await get('/orders/7')
    expect({ status: response.status, body }).toEqual({ status: 200, body: '{"id":"7"}' })
    expect(response.headers.get('x-request-id')).toBe('id-of-orders-7')
    expect((await get('/broken')).response.status).toBe(500)
    expect((await get('/wp-login.php')).response.status).toBe(404)
    // A target that URL parsers reject.
    expect((await get('//[')).response.status).toBe(404)
  })

  test('counts by the pattern of the route, all that have none together', async () => {
    metrics = (await get('/metrics')).body
    for (const [route, status, count] of [
      ['/orders/:orderId', 200, 1],
      ['/broken', 500, 1],
      ['unmatched', 404, 2],
    ] as const) {
      expect(metrics).toContain(
        `http_requests_total{method="GET",route="${route}",status="${status}"} ${count}\n`,
      )
    }
    expect(await complaints(metrics)).toBe('')
  })

  test('answers the probes', async () => {
    for (const probe of ['live', 'ready', 'startup'])
      expect((await get(`/health/${probe}`)).response.status).toBe(200)
  })

  test('ends gracefully at SIGTERM, and does what the application does at its end', async () => {
    ending = await service.stop()
    expect(ending).toEqual({ code: 0, signal: null, errors: '' })
    expect(service.lines.map(({ msg }) => msg)).toContain('orders are closed')
    // Failed or hung hooks would be named there.
    expect(service.lines.at(-1)).toMatchObject({ level: 'info', msg: 'shutdown has ended' })
  })

  test('has written one event for each request, and its id in all that was logged meanwhile', () => {
    expect(linesOf('id-of-orders-7')).toMatchObject([
      { level: 'info', msg: 'looking it up', order_id: '7' },
      {
        msg: 'request completed',
        route: '/orders/:orderId',
        status: 200,
        order_id: '7',
        client_ip: '127.0.0.1',
      },
    ])
    const [failed] = linesOf('id-of-broken').filter(({ outcome }) => outcome !== undefined)
    expect(failed).toMatchObject({ level: 'error', msg: 'request failed', route: '/broken', status: 500 })
    const events = service.lines.filter(({ outcome }) => outcome !== undefined)
    expect(events).toHaveLength(4)
  })

  test('has written what was thrown, with the id of its request', () => {
    expect(JSON.stringify(linesOf('id-of-broken'))).toContain('the shelf is empty')
  })
})

test('the page on NestJS shows the programs as they are', async () => {
  const page = await readFile(pathOf('../../docs/nestjs.md'), 'utf8')
  const blocks = [...page.matchAll(/^```typescript\n\/\/ examples\/frameworks\/(\S+)\n([^]*?)^```$/gm)]
  expect(blocks.map(([, file]) => file)).toEqual([
    'nestjs/telemetry.ts',
    'nestjs/express.ts',
    'nestjs/fastify.ts',
  ])
  for (const [, file = '', code] of blocks) expect(await readFile(pathOf(file), 'utf8')).toBe(code)
})

/** Problems that Prometheus' own linter finds in metrics. */
function complaints(metrics: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const promtool = execFile('promtool', ['check', 'metrics'], (_error, stdout, stderr) =>
    resolve(stdout + stderr),
  )
  promtool.stdin?.end(metrics)
  return promise
}
