import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { createForward } from '../../src/forward/forward.ts'
import { type Hub, startHub } from '../../src/index.ts'
import { textOf } from '../../src/own/families.ts'
import { logsBody, pointBody, spansBody, traceIdOf } from '../ingest/bodies.ts'

interface Arrived {
  readonly path: string
  readonly type: string | undefined
  readonly encoding: string | undefined
  readonly body: Buffer
}

let folder = ''
const closers: Array<() => Promise<unknown>> = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-forward-'))
})
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true, force: true })
})

/** A collector that answers with the statuses that it is given, and then with 200. */
async function startCollector(statuses: number[] = []) {
  const arrived: Arrived[] = []
  const waiting: Array<() => void> = []
  const take = async (req: IncomingMessage): Promise<number> => {
    const body = await buffer(req)
    const status = statuses.shift() ?? 200
    const { 'content-type': type, 'content-encoding': encoding } = req.headers
    if (status === 200) arrived.push({ path: req.url ?? '', type, encoding, body })
    return status
  }
  const server = createServer((req, res) => {
    void take(req).then((status) => {
      res.writeHead(status).end()
      for (const wake of waiting.splice(0)) wake()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
    return Promise.resolve()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    /** Resolves when this many requests were accepted. */
    async until(count: number) {
      while (arrived.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

const hubAt = async (options: { readonly forward?: string; readonly folder: string }): Promise<Hub> => {
  const hub = await startHub({ port: 0, eventThreads: 1, log: () => undefined, ...options })
  closers.push(() => hub.close())
  return hub
}
const post = (url: string, path: string, body: Uint8Array<ArrayBuffer>, headers = {}) =>
  fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

test('accepted requests go on as they came, and others do not', async () => {
  const collector = await startCollector()
  const hub = await hubAt({ forward: `${collector.url}/otlp/`, folder })
  const body = new Uint8Array(gzipSync(spansBody({ trace: 1 })))
  expect((await post(hub.url, '/v1/traces', body, { 'content-encoding': 'gzip' })).status).toBe(200)
  expect((await post(hub.url, '/v1/traces', new TextEncoder().encode('{'))).status).toBe(400)
  expect((await post(hub.url, '/v1/logs', logsBody(1))).status).toBe(200)
  expect((await post(hub.url, '/v1/metrics', pointBody('a', Date.now(), 1))).status).toBe(200)
  await collector.until(3)
  const sorted = collector.arrived.toSorted((one, other) => one.path.localeCompare(other.path))
  expect(sorted.map(({ path, type, encoding }) => [path, type, encoding])).toEqual([
    ['/otlp/v1/logs', 'application/json', undefined],
    ['/otlp/v1/metrics', 'application/json', undefined],
    ['/otlp/v1/traces', 'application/json', 'gzip'],
  ])
  expect(sorted[2]?.body).toEqual(Buffer.from(body))
})

/** Opens the live stream of a hub. `stored` resolves when the stream tells that spans were stored. */
async function watch({ url }: Hub): Promise<{ readonly stored: Promise<void> }> {
  const [stream] = (await once(get(`${url}/api/live?topic=stored`), 'response')) as [IncomingMessage]
  const stored = Promise.withResolvers<void>()
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (text.includes('"signal":"traces"')) stored.resolve()
  })
  return { stored: stored.promise }
}

test('a hub can forward to another hub', async () => {
  const second = await hubAt({ folder: join(folder, 'second') })
  const first = await hubAt({ folder: join(folder, 'first'), forward: second.url })
  const { stored } = await watch(second)
  expect((await post(first.url, '/v1/traces', spansBody({ trace: 5 }))).status).toBe(200)
  await stored
  expect((await fetch(`${second.url}/api/traces/${traceIdOf(5)}`)).status).toBe(200)
})

test('each request is sent alone, again after a refusal that passes, and counted', async () => {
  const collector = await startCollector([503, 429])
  const lines: string[] = []
  const forward = createForward(
    collector.url,
    folder,
    (level, message) => void lines.push(`${level} ${message}`),
  )
  const form = { encoding: 'protobuf', gzip: false } as const
  for (const size of [10, 200_000, 0]) forward.send('traces', Buffer.alloc(size, 7), form)
  await collector.until(3)
  await forward.close(10_000)
  expect(
    collector.arrived
      .map(({ body, type }) => [body.length, type] as const)
      .toSorted(([one], [other]) => one - other),
  ).toEqual([
    [0, 'application/x-protobuf'],
    [10, 'application/x-protobuf'],
    [200_000, 'application/x-protobuf'],
  ])
  expect(textOf(forward.families)).toContain(
    'hub_forwarded_requests_total{signal="traces",reason="delivered"} 3\n',
  )
})

test('a body that is too large for the queue is counted, and others go on', async () => {
  const collector = await startCollector()
  const forward = createForward(collector.url, folder, () => undefined)
  const form = { encoding: 'json', gzip: false } as const
  forward.send('logs', Buffer.alloc(17 * 1_048_576), form)
  forward.send('logs', Buffer.from('{}'), form)
  await collector.until(1)
  await forward.close(10_000)
  expect(textOf(forward.families)).toContain(
    'hub_forwarded_requests_total{signal="logs",reason="too_large"} 1\n',
  )
})

test('requests that wait for an outage are sent by the next run', async () => {
  const form = { encoding: 'json', gzip: false } as const
  const statuses = Array.from({ length: 1_000 }, () => 503)
  const collector = await startCollector(statuses)
  const before = createForward(collector.url, folder, () => undefined)
  before.send('logs', Buffer.from('{"kept":1}'), form)
  await before.close(1)
  expect(collector.arrived).toEqual([])
  statuses.length = 0
  const after = createForward(collector.url, folder, () => undefined)
  closers.push(() => after.close(10_000))
  await collector.until(1)
  expect(collector.arrived[0]?.body.toString()).toBe('{"kept":1}')
})

test('a URL without http is refused in one sentence', () => {
  for (const url of ['collector:4317', 'ftp://a', ''])
    expect(() => createForward(url, folder, () => undefined)).toThrow(
      /^Sightline: forward is .* but must be a URL/,
    )
})
