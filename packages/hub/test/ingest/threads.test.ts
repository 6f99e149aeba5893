import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Signal } from '../../src/ingest/ingest.ts'
import type { StoredCount } from '../../src/ingest/protocol.ts'
import { type IngestThreads, startIngest } from '../../src/ingest/start-ingest.ts'
import { startThread } from '../../src/ingest/start-thread.ts'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import { logsBody, pointBody, spansBody, traceIdOf } from './bodies.ts'

let folder = ''
let ingest: IngestThreads | undefined
const lines: string[] = []
const stored: StoredCount[] = []
const forwarded: Array<readonly [Signal, Uint8Array, boolean]> = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-ingest-'))
})
afterEach(async () => {
  await ingest?.close(10_000)
  for (const list of [lines, stored, forwarded]) list.length = 0
  rmSync(folder, { recursive: true, force: true })
})

const options = () => ({ folder, maxDisk: 1e9, retention: 1e9, seriesPerJob: 1_000 })

async function start(eventThreads = 1): Promise<IngestThreads> {
  const store = { module: new URL('../fixtures/failing-store.ts', import.meta.url).href, options: options() }
  ingest = startIngest({
    eventThreads,
    startEvents: (writer) => startThread('event-thread', { store, writer, redact: true }),
    startSeries: () => startThread('series-thread', { store, redact: true }),
    forward: (signal, body, { gzip }) => void forwarded.push([signal, body, gzip]),
    stored: (counts) => void stored.push(...counts),
    log: (level, message) => void lines.push(`${level} ${message}`),
  })
  await ingest.ready
  return ingest
}

const JSON_FORM = { encoding: 'json', gzip: false } as const
const GZIP_FORM = { encoding: 'json', gzip: true } as const
const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))

async function spansOf(trace: number): Promise<number> {
  const reader = openStore(options()).openReader()
  try {
    return (await reader.trace(traceIdOf(trace))).length
  } finally {
    reader.close()
  }
}

test('what is acknowledged can be read, is counted by service, and comes back for forwarding', async () => {
  const threads = await start(2)
  const body = gzipped(spansBody({ trace: 1, spans: 3, job: 'shop' }))
  const sent = Buffer.from(body)
  expect(await threads.take('traces', body, GZIP_FORM)).toMatchObject({ rejected: 0, reason: '' })
  expect(await spansOf(1)).toBe(3)
  await threads.take('logs', logsBody(1, 2, 'cart'), JSON_FORM)
  await threads.take('metrics', pointBody('temperature', Date.now(), 21), JSON_FORM)
  const reader = openStore(options()).openReader()
  expect(await reader.traceLogs(traceIdOf(1), 10)).toHaveLength(2)
  expect(await reader.labelValues('job', [])).toContain('shop')
  reader.close()
  const aheadMs = expect.any(Number)
  expect(stored).toEqual([
    { signal: 'traces', job: 'shop', items: 3, aheadMs },
    { signal: 'logs', job: 'cart', items: 2, aheadMs },
    { signal: 'metrics', job: 'shop', items: 1, aheadMs },
  ])
  expect(forwarded.map(([signal, , gzip]) => [signal, gzip])).toEqual([
    ['traces', true],
    ['logs', false],
    ['metrics', false],
  ])
  expect(Buffer.from(forwarded[0]?.[1] ?? [])).toEqual(sent)
  expect(threads.queue).toEqual({ requests: 0, bytes: 0 })
})

test('many requests at once are all answered, and spread over the threads', async () => {
  const threads = await start(2)
  const traces = Array.from({ length: 200 }, (_, index) => index + 1)
  await Promise.all(traces.map((trace) => threads.take('traces', spansBody({ trace }), JSON_FORM)))
  for (const trace of traces) expect([trace, await spansOf(trace)]).toEqual([trace, 1])
})

test.each(['traces', 'logs', 'metrics'] as const)(
  'bodies of %s that cannot be read get 400 or 413, and the thread goes on',
  async (signal) => {
    const threads = await start()
    const broken = gzipped(new Uint8Array(1_000)).slice(0, 20)
    await expect(threads.take(signal, broken, GZIP_FORM)).rejects.toMatchObject({
      status: 400,
      message: 'The body is not valid gzip.',
    })
    await expect(
      threads.take(signal, new TextEncoder().encode('{"resourceSpans":'), JSON_FORM),
    ).rejects.toMatchObject({ status: 400, reason: 'undecodable' })
    await expect(
      threads.take(signal, new Uint8Array([0xff]), { encoding: 'protobuf', gzip: false }),
    ).rejects.toMatchObject({ status: 400 })
    const bomb = gzipped(new Uint8Array(64 * 1_024 * 1_024 + 1))
    await expect(threads.take(signal, bomb, GZIP_FORM)).rejects.toMatchObject({
      status: 413,
      reason: 'too_large',
    })
    await threads.take(signal, new TextEncoder().encode('{}'), JSON_FORM)
    expect(lines).toEqual([])
  },
)

test('invalid items are reported, and the others stored', async () => {
  const threads = await start()
  const text = new TextDecoder().decode(spansBody({ trace: 7, spans: 2 }))
  const body = new TextEncoder().encode(text.replace('"spanId":"0000000000000002"', '"spanId":"00"'))
  const result = await threads.take('traces', body, JSON_FORM)
  expect(result.rejected).toBe(1)
  expect(result.reason).not.toBe('')
  expect(await spansOf(7)).toBe(1)
})

test('a full disk gives 503, and storing goes on when there is space again', async () => {
  const threads = await start()
  writeFileSync(join(folder, 'full'), '')
  const refused = { status: 503, reason: 'disk_full', retryAfter: 10 }
  await expect(threads.take('traces', spansBody({ trace: 1 }), JSON_FORM)).rejects.toMatchObject(refused)
  await expect(threads.take('logs', logsBody(1), JSON_FORM)).rejects.toMatchObject(refused)
  rmSync(join(folder, 'full'))
  await threads.take('traces', spansBody({ trace: 2 }), JSON_FORM)
  expect([await spansOf(1), await spansOf(2)]).toEqual([0, 1])
  expect(lines).toEqual([
    expect.stringMatching(/^error The disk of the hub is full\./),
    'info The hub can store again.',
  ])
})

test('a fault while storing refuses that request for good, and stores the next one', async () => {
  const threads = await start()
  await expect(
    threads.take('traces', spansBody({ trace: 1, name: 'fault' }), JSON_FORM),
  ).rejects.toMatchObject({ status: 500, reason: 'internal' })
  await threads.take('traces', spansBody({ trace: 2 }), JSON_FORM)
  expect([await spansOf(1), await spansOf(2)]).toEqual([0, 1])
})

test('a thread that ends refuses its requests with 503, and is started again', async () => {
  const threads = await start()
  await threads.take('traces', spansBody({ trace: 1 }), JSON_FORM)
  const fatal = threads.take('traces', spansBody({ trace: 2, name: 'end the thread' }), JSON_FORM)
  const beside = threads.take('traces', spansBody({ trace: 3 }), JSON_FORM)
  const refused = { status: 503, reason: 'thread_failed' }
  await expect(fatal).rejects.toMatchObject(refused)
  await expect(beside).rejects.toMatchObject(refused)
  expect(threads.deaths).toBe(1)
  expect(threads.queue).toEqual({ requests: 0, bytes: 0 })
  while (!threads.isUp) {
    await expect(threads.take('traces', spansBody({ trace: 4 }), JSON_FORM)).rejects.toMatchObject(refused)
    // The new thread reports by a message, which a later turn of the event loop receives.
    await setImmediate()
  }
  await threads.take('traces', spansBody({ trace: 5 }), JSON_FORM)
  expect([await spansOf(1), await spansOf(2), await spansOf(5)]).toEqual([1, 0, 1])
})

test('one thread takes over the requests of another one that is being started', async () => {
  const threads = await start(2)
  await expect(
    threads.take('traces', spansBody({ trace: 1, name: 'end the thread' }), JSON_FORM),
  ).rejects.toMatchObject({ status: 503 })
  expect(threads.isUp).toBe(true)
  await threads.take('traces', spansBody({ trace: 2 }), JSON_FORM)
  expect(await spansOf(2)).toBe(1)
})

test('threads that cannot open the store fail the start', async () => {
  writeFileSync(join(folder, 'broken'), '')
  await expect(start()).rejects.toThrow('the folder is broken')
})

test('closing stores what was sent before, and refuses what comes after', async () => {
  const threads = await start()
  const sent = Array.from({ length: 50 }, (_, index) =>
    threads.take('traces', spansBody({ trace: index + 1 }), JSON_FORM),
  )
  await threads.close(30_000)
  await Promise.all(sent)
  for (let trace = 1; trace <= 50; trace++) expect(await spansOf(trace)).toBe(1)
  await expect(threads.take('traces', spansBody({ trace: 99 }), JSON_FORM)).rejects.toMatchObject({
    status: 503,
  })
})

/** The names of all stored series. */
async function names(): Promise<readonly string[]> {
  const reader = openStore(options()).openReader()
  try {
    return await reader.labelValues('__name__', [])
  } finally {
    reader.close()
  }
}

test('samples of the hub and scraped bodies are stored by the series thread', async () => {
  const threads = await start()
  const time = Date.now()
  threads.samples([{ labels: { __name__: 'hub_test', job: 'sightline-hub' }, time, value: 1 }])
  const target = {
    id: 'a',
    labels: { job: 'shop', instance: 'a:1' },
    honorLabels: false,
    honorTimestamps: true,
    sampleLimit: 0,
    metricRelabel: [],
  }
  const body = new TextEncoder().encode('# TYPE orders counter\norders_total 7\n')
  const scrape = {
    kind: 'body',
    target,
    time,
    seconds: 0.1,
    body,
    contentType: 'text/plain; version=0.0.4',
  } as const
  expect(await threads.scraped(scrape)).toMatchObject({ error: '', scraped: 1, kept: 1 })
  expect(await names()).toEqual(expect.arrayContaining(['hub_test', 'orders_total', 'up']))
  expect(stored).toEqual([{ signal: 'metrics', job: 'shop', items: 1 }])
})

test('what event threads have found goes to the series thread, at the latest when they end', async () => {
  const threads = await start(2)
  for (let trace = 1; trace <= 4; trace++) await threads.take('traces', spansBody({ trace }), JSON_FORM)
  await threads.take('logs', logsBody(1), JSON_FORM)
  await threads.close(30_000)
  expect(await names()).toEqual(
    expect.arrayContaining(['traces_spanmetrics_calls_total', 'log_records_total']),
  )
})

test('secrets in attributes of points are masked before they are stored', async () => {
  const threads = await start()
  await threads.take(
    'metrics',
    pointBody('logins', Date.now(), 1, 'shop', { token: 's3cr3t-v4lue' }),
    JSON_FORM,
  )
  const reader = openStore(options()).openReader()
  expect(await reader.labelValues('token', [])).toEqual(['[redacted]'])
  reader.close()
})

test('secrets are masked before they are stored', async () => {
  const threads = await start()
  const text = new TextDecoder().decode(spansBody({ trace: 9, name: 'GET /?token=s3cr3t-v4lue' }))
  await threads.take('traces', new TextEncoder().encode(text), JSON_FORM)
  const reader = openStore(options()).openReader()
  const [span] = await reader.trace(traceIdOf(9))
  reader.close()
  expect(span?.name).toMatch(/^GET \/\?token=/)
  expect(span?.name).not.toContain('s3cr3t')
})
