import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { type Hub, type HubOptions, startHub } from '../../src/index.ts'
import { createActivity } from '../../src/own/activity.ts'
import { Counter, Durations, textOf } from '../../src/own/families.ts'
import { createOwnMetrics } from '../../src/own/own-metrics.ts'
import { logsBody, pointBody, spansBody, traceIdOf } from '../ingest/bodies.ts'

let folder = ''
let hub: Hub | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-own-'))
})
afterEach(async () => {
  await hub?.close()
  hub = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<HubOptions> = {}): Promise<Hub> {
  hub = await startHub({ folder, port: 0, eventThreads: 1, log: () => undefined, ...options })
  return hub
}
const post = (url: string, path: string, body: Uint8Array<ArrayBuffer>, headers = {}) =>
  fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

test('the hub counts what it has received, stored and refused, by signal, service and reason', async () => {
  const { url } = await start()
  const body = spansBody({ trace: 1, spans: 3, job: 'shop' })
  await post(url, '/v1/traces', body)
  await post(url, '/v1/logs', logsBody(1, 2, 'cart'))
  await post(url, '/v1/logs', new TextEncoder().encode('{'))
  const text = await (await fetch(`${url}/metrics`)).text()
  for (const line of [
    'hub_received_requests_total{signal="traces"} 1',
    `hub_received_bytes_total{signal="traces"} ${body.length}`,
    'hub_received_requests_total{signal="logs"} 2',
    'hub_stored_items_total{signal="traces",job="shop"} 3',
    'hub_stored_items_total{signal="logs",job="cart"} 2',
    'hub_refused_requests_total{signal="logs",reason="undecodable"} 1',
    'hub_ingest_duration_seconds_count{signal="traces"} 1',
    'hub_queued_requests 0',
    'hub_thread_deaths_total 0',
  ])
    expect(text).toContain(`\n${line}\n`)
})

test('the hub tells what it receives from each service', async () => {
  const { url } = await start()
  await post(url, '/v1/traces', spansBody({ trace: 1, spans: 3, job: 'shop' }))
  await post(url, '/v1/logs', new TextEncoder().encode('{'))
  const seconds = { p50: expect.any(Number), p95: expect.any(Number) }
  expect(await (await fetch(`${url}/api/hub`)).json()).toMatchObject({
    services: expect.arrayContaining([
      expect.objectContaining({
        name: 'shop',
        logs: 0,
        clockSkew: expect.any(Number),
        lastSeen: expect.stringMatching(/^\d{19}$/),
        refused: [],
      }),
    ]),
    refused: { requests: [{ signal: 'logs', reason: 'undecodable', count: 1 }], items: [], lateSamples: 0 },
    durations: { traces: seconds, logs: { p50: null, p95: null } },
    scrapes: { up: 0, down: 0, unknown: 0 },
    limits: { maxDisk: 5_000_000_000 },
    ready: true,
  })
})

test('a hub is ready, tells its address, and answers nothing after its end', async () => {
  // Without pages, `/` is a page that tells the address. They are there only where they were built.
  const { url, port } = await start({ dashboard: false })
  expect(url).toBe(`http://127.0.0.1:${port}`)
  expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'healthy' })
  expect(await (await fetch(`${url}/`)).text()).toContain(url)
  await hub?.close()
  await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed')
})

test('a closed hub leaves no logs of SQLite, also after queries', async () => {
  const { url } = await start()
  await post(url, '/v1/traces', spansBody({ trace: 1, spans: 3, job: 'shop' }))
  await post(url, '/v1/metrics', pointBody('temperature', Date.now(), 21))
  const ids = await (await fetch(`${url}/api/traces`)).text()
  expect(ids).toContain(traceIdOf(1))
  expect(await (await fetch(`${url}/api/v1/query?query=temperature`)).text()).toContain('temperature')
  await hub?.close()
  const files = readdirSync(folder, { recursive: true }).map(String)
  expect(files.filter((file) => file.endsWith('.db'))).not.toEqual([])
  expect(files.filter((file) => /-(?:wal|shm)$/.test(file))).toEqual([])
})

test('pages hear of what was stored', async () => {
  const { url } = await start()
  const response = await fetch(`${url}/api/live?topic=stored`)
  const reader = (response.body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .getReader()
  await post(url, '/v1/traces', spansBody({ trace: 1, spans: 2 }))
  let text = ''
  while (!text.includes('"items":2')) text += (await reader.read()).value ?? ''
  expect(text).toContain(
    'event: stored\ndata: {"dropped":0,"items":[{"signal":"traces","job":"shop","items":2}]}',
  )
  await reader.cancel()
})

test('a hub for others tells its generated tokens, and needs them', async () => {
  const { port, generated } = await start({ host: '0.0.0.0' })
  const url = `http://127.0.0.1:${port}`
  const body = () => logsBody(1)
  expect((await post(url, '/v1/logs', body())).status).toBe(401)
  expect((await post(url, '/v1/logs', body(), { authorization: `Bearer ${generated.token}` })).status).toBe(
    200,
  )
  expect((await fetch(`${url}/metrics`)).status).toBe(401)
  expect(
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${generated.viewToken}` } })).status,
  ).toBe(200)
})

test('a taken port fails the start', async () => {
  const { port } = await start()
  const other = mkdtempSync(join(tmpdir(), 'hub-own-'))
  await expect(
    startHub({ folder: other, port, eventThreads: 1, log: () => undefined }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' })
  rmSync(other, { recursive: true })
})

test('wrong options fail in one sentence that does not show secrets', async () => {
  const wrong: Array<readonly [Partial<HubOptions>, RegExp]> = [
    [{ port: 70_000 }, /^Sightline: port of the hub is 70000, but must be a whole number from 0 to 65535$/],
    [{ maxDisk: 1 }, /^Sightline: maxDisk/],
    [{ retention: 0.5 }, /^Sightline: retention/],
    [{ eventThreads: 0 }, /^Sightline: eventThreads/],
    [{ token: 'short' }, /^Sightline: token of the hub must have at least 16 characters and no spaces$/],
    [{ viewToken: 'with spaces in the middle' }, /^Sightline: viewToken/],
    [{ origins: ['shop.example'] }, /^Sightline: an origin of the hub is "shop.example"/],
    [{ forward: 'collector:4317' }, /^Sightline: forward is "collector:4317"/],
    [{ folder: '' }, /^Sightline: folder/],
  ]
  for (const [options, sentence] of wrong) await expect(start(options)).rejects.toThrow(sentence)
})

describe('own metrics', () => {
  test('as samples have the job of the hub where they have none of a service', () => {
    const own = createOwnMetrics({
      activity: createActivity(() => 0),
      instance: () => '127.0.0.1:4318',
      queue: () => ({ requests: 2, bytes: 30 }),
      series: () => ({
        samples: 5,
        outOfOrder: 1,
        overLimit: new Map([['shop', 4]]),
        series: new Map([['shop', 9]]),
      }),
      deaths: () => 0,
      underived: () => ({ traces: 0, logs: 0 }),
      queries: () => ({ running: 1, waiting: 0, refused: 3 }),
      store: () => ({
        bytes: { events: 1, series: 2, kept: 3 },
        oldest: 0,
        newest: 0,
        spans: 0,
        logs: 0,
        series: 0,
        problems: [],
      }),
      more: [],
    })
    own.queried('jaeger', 0.2)
    own.refused('logs', { status: 503, reason: 'disk_full', message: '' })
    const samples = own.samples(1_000)
    const labels = { instance: '127.0.0.1:4318', job: 'sightline-hub' }
    expect(samples).toContainEqual({
      labels: { __name__: 'hub_query_duration_seconds_bucket', ...labels, api: 'jaeger', le: '0.25' },
      time: 1_000,
      value: 1,
    })
    expect(samples).toContainEqual({
      labels: { __name__: 'hub_queued_bytes', ...labels },
      time: 1_000,
      value: 30,
    })
    expect(samples).toContainEqual({
      labels: { __name__: 'hub_series', ...labels, job: 'shop' },
      time: 1_000,
      value: 9,
    })
    expect(samples).toContainEqual({
      labels: { __name__: 'hub_refused_requests_total', ...labels, signal: 'logs', reason: 'disk_full' },
      time: 1_000,
      value: 1,
    })
    expect(samples).toContainEqual({
      labels: { __name__: 'hub_disk_bytes', ...labels, kind: 'kept' },
      time: 1_000,
      value: 3,
    })
  })

  test('escape the names of services, and have a limit of them', () => {
    const counter = new Counter('hub_test_total', 'A test.', 2)
    counter.add({ job: 'a"\\\nb' })
    counter.add({ job: 'c' }, 2)
    counter.add({ job: 'd' })
    counter.add({ job: 'c' })
    expect(textOf([counter])).toBe(
      '# HELP hub_test_total A test.\n# TYPE hub_test_total counter\nhub_test_total{job="a\\"\\\\\\nb"} 1\nhub_test_total{job="c"} 3\n',
    )
  })

  test('count durations in cumulative buckets', () => {
    const durations = new Durations('hub_test_seconds', 'A test.', 'signal')
    for (const seconds of [0.001, 0.02, 99]) durations.observe('logs', seconds)
    const text = textOf([durations])
    for (const line of [
      '_bucket{signal="logs",le="0.005"} 1',
      '_bucket{signal="logs",le="0.025"} 2',
      '_bucket{signal="logs",le="10"} 2',
      '_bucket{signal="logs",le="+Inf"} 3',
      '_count{signal="logs"} 3',
    ])
      expect(text).toContain(`hub_test_seconds${line}\n`)
  })
})
