import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, expect, test } from '@jest/globals'

import { parsePrometheusConfig } from '../../src/scrape/config/prometheus-yml.ts'
import { scrapeConfigOf } from '../../src/scrape/config/scrape-config.ts'
import type { ScrapeConfig } from '../../src/scrape/config/scrape-config.ts'
import { createExposition } from '../../src/scrape/exposition/exposition.ts'
import type { Scraped } from '../../src/scrape/exposition/scraped.ts'
import { createScraper } from '../../src/scrape/scraper.ts'
import { createMemoryWriter } from '../memory-writer.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A scraper whose scrapes are stored, and a way to wait for them. */
function run(configs: readonly ScrapeConfig[]) {
  const writer = createMemoryWriter()
  const exposition = createExposition(writer)
  const scrapes: Scraped[] = []
  let waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = []
  const check = () => {
    for (const { until, resolve } of waiting) if (until()) resolve()
    waiting = waiting.filter(({ until }) => !until())
  }
  const scraper = createScraper({
    configs,
    ingest: {
      scraped(scrape) {
        scrapes.push(scrape)
        const outcome = exposition.add(scrape)
        // The scraper learns of the outcome first.
        setImmediate(check)
        return Promise.resolve(outcome)
      },
    },
  })
  closing.push(() => scraper.stop())
  return {
    scraper,
    writer,
    scrapes,
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        waiting.push({ until: condition, resolve })
        check()
      }),
  }
}

const jobOf = (address: string, more: Partial<ScrapeConfig> = {}): ScrapeConfig => ({
  ...scrapeConfigOf(`http://${address}/metrics`),
  job: 'shop',
  intervalMs: 500,
  timeoutMs: 500,
  ...more,
})

test('a target is scraped again and again, and tells how it is', async () => {
  let requests = 0
  const address = await serve((request, response) => {
    expect(request.headers).toMatchObject({ 'x-prometheus-scrape-timeout-seconds': '0.5' })
    expect(request.headers.accept).toMatch(/^application\/openmetrics-text;version=1\.0\.0/)
    response.setHeader('content-type', 'text/plain').end(`requests ${++requests}\n`)
  })
  const { scraper, writer, scrapes, until } = run([jobOf(address)])
  expect(scraper.targets().activeTargets).toMatchObject([
    { health: 'unknown', lastScrape: '0001-01-01T00:00:00Z' },
  ])
  scraper.start()
  await until(() => scrapes.length >= 3)
  const samples = writer.find({ __name__: 'requests', job: 'shop', instance: address })?.samples
  expect(samples?.slice(0, 3).map(({ value }) => value)).toEqual([1, 2, 3])
  expect(scraper.targets().activeTargets).toMatchObject([
    {
      labels: { job: 'shop', instance: address },
      scrapePool: 'shop',
      scrapeUrl: `http://${address}/metrics`,
      health: 'up',
      lastError: '',
      lastScrapeDuration: expect.any(Number),
      scrapeInterval: '500ms',
      scrapeTimeout: '500ms',
    },
  ])
})

test('bodies have a memory of their own, so that they can be transferred', async () => {
  const address = await serve((_, response) => void response.end('a 1\n'))
  const { scraper, scrapes, until } = run([jobOf(address)])
  scraper.start()
  await until(() => scrapes.length > 0)
  const [scrape] = scrapes
  expect(scrape?.kind === 'body' && scrape.body.buffer.byteLength).toBe(4)
})

/** What a target does, and the error that is shown of it. */
const failures: readonly (readonly [string, RequestListener, RegExp, Partial<ScrapeConfig>?])[] = [
  [
    'an error',
    (_, response) => void response.writeHead(503).end('x'),
    /^server returned HTTP status 503 Service Unavailable$/,
  ],
  ['no answer', () => {}, /^no complete answer within 0\.1 s$/, { timeoutMs: 100 }],
  [
    'half an answer',
    (_, response) => void response.write('a 1\n'),
    /^no complete answer within 0\.1 s$/,
    { timeoutMs: 100 },
  ],
  [
    'an answer that is cut off',
    (_, response) =>
      void response.writeHead(200, { 'content-length': '10' }).write('a 1\n', () => response.destroy()),
    /aborted|closed|ECONNRESET/i,
  ],
  [
    'a large answer',
    (_, response) => void response.end('a'.repeat(101)),
    /^body size limit exceeded$/,
    { bodySizeLimit: 100 },
  ],
  [
    'an answer without an end',
    (_, response) => {
      const more = () =>
        response.write('a 1\n'.repeat(10_000), (error) => {
          if (!error) more()
        })
      more()
    },
    /^body size limit exceeded$/,
    { bodySizeLimit: 1_000_000, timeoutMs: 30_000 },
  ],
  [
    'a large answer that is compressed',
    (_, response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync('a'.repeat(1_000_000))),
    /^body size limit exceeded$/,
    { bodySizeLimit: 10_000, timeoutMs: 30_000 },
  ],
  [
    'a broken compression',
    (_, response) => void response.setHeader('content-encoding', 'gzip').end('a 1\n'),
    /incorrect header check/,
  ],
  [
    'an invalid body',
    (_, response) => void response.end('a 1\nb\n'),
    /^line 2: expected a value after the metric/,
  ],
  [
    'redirects without an end',
    (request, response) => void response.writeHead(302, { location: `${request.url ?? ''}/x` }).end(),
    /^stopped after 10 redirects$/,
  ],
  [
    'a redirect to another protocol',
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /^cannot follow a redirect to "file:/,
  ],
  [
    'a redirect, where none is followed',
    (_, response) => void response.writeHead(302, { location: '/' }).end(),
    /^server returned HTTP status 302 Found$/,
    { followRedirects: false },
  ],
]

test.each(failures)('a target is down that answers with %s', async (_, listener, error, more = {}) => {
  const address = await serve(listener)
  const { scraper, writer, scrapes, until } = run([
    jobOf(address, { intervalMs: 30_000, timeoutMs: 30_000, ...more }),
  ])
  scraper.start()
  await until(() => scrapes.length > 0)
  await until(() => scraper.targets().activeTargets[0]?.health === 'down')
  expect(scraper.targets().activeTargets[0]?.lastError).toMatch(error)
  expect(writer.find({ __name__: 'up', job: 'shop', instance: address })?.samples).toMatchObject([
    { value: 0 },
  ])
})

test('a target that is not there is down', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  await once(server, 'close')
  const { scraper, scrapes, until } = run([jobOf(address)])
  scraper.start()
  await until(() => scrapes.length > 0)
  expect(scraper.targets().activeTargets[0]?.lastError).toBe(`connect ECONNREFUSED ${address}`)
})

test('a redirect is followed, and takes credentials to no other server', async () => {
  const seen: (string | undefined)[] = []
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.end('moved 1\n')
  })
  const address = await serve((request, response) => {
    seen.push(request.headers.authorization)
    if (request.url === '/metrics') response.writeHead(307, { location: '/here' }).end()
    else response.writeHead(301, { location: `http://${other}/metrics` }).end()
  })
  const secret = { text: 't0ken' }
  const { scraper, writer, scrapes, until } = run([
    jobOf(address, {
      credentials: { kind: 'authorization', type: 'Bearer', secret },
      timeoutMs: 30_000,
      intervalMs: 30_000,
    }),
  ])
  scraper.start()
  await until(() => scrapes.length > 0)
  expect(seen).toEqual(['Bearer t0ken', 'Bearer t0ken', undefined])
  expect(writer.find({ __name__: 'moved', job: 'shop', instance: address })?.samples).toHaveLength(1)
})

test('secrets are read from their files for each scrape', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hub-'))
  closing.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'password'), 'first\n')
  const seen = new Set<string | undefined>()
  const address = await serve((request, response) => {
    seen.add(request.headers.authorization)
    response.end('a 1\n')
  })
  const { scrapes: configs } = parsePrometheusConfig(
    JSON.stringify({
      scrape_configs: [
        {
          job_name: 'shop',
          scrape_interval: '500ms',
          basic_auth: { username: 'u', password_file: 'password' },
          static_configs: [{ targets: [address] }],
        },
      ],
    }),
    join(folder, 'prometheus.yml'),
  )
  const { scraper, scrapes, until } = run(configs)
  scraper.start()
  await until(() => scrapes.length > 0)
  await writeFile(join(folder, 'password'), 'second')
  await until(() => seen.size > 1)
  expect([...seen]).toEqual(
    ['u:first', 'u:second'].map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
  )
})

test('a target that hangs delays no other, and is not asked twice at once', async () => {
  let open = 0
  let most = 0
  const slow = await serve((request) => {
    most = Math.max(most, ++open)
    request.once('close', () => open--)
  })
  const address = await serve((_, response) => void response.end('a 1\n'))
  const { scraper, scrapes, until } = run([{ ...jobOf(slow), job: 'slow' }, jobOf(address)])
  scraper.start()
  await until(
    () =>
      scrapes.filter(({ kind }) => kind === 'body').length >= 5 &&
      scrapes.filter(({ kind }) => kind === 'failed').length >= 2,
  )
  expect(most).toBe(1)
})

test('a change of the configuration ends the series of targets that are gone, and of no other', async () => {
  const address = await serve((_, response) => void response.end('a 1\n'))
  const gone = { ...jobOf(address), job: 'gone' }
  const { scraper, writer, scrapes, until } = run([gone, jobOf(address)])
  scraper.start()
  await until(() => new Set(scrapes.map(({ target }) => target.labels['job'])).size === 2)
  scraper.reload([jobOf(address, { sampleLimit: 10 }), { ...jobOf(address), job: 'new' }])
  await until(
    () =>
      scrapes.some(({ target }) => target.labels['job'] === 'new') &&
      scrapes.some(({ kind }) => kind === 'removed'),
  )
  await until(() => scrapes.at(-1)?.target.labels['job'] === 'shop')
  const values = (job: string) =>
    writer.find({ __name__: 'a', job, instance: address })?.samples.map(({ value }) => value)
  expect(values('gone')?.at(-1)).toBe('stale')
  expect(values('shop')).not.toContain('stale')
  expect(values('new')).toContain(1)
  expect(scraper.targets().activeTargets.map(({ scrapePool }) => scrapePool)).toEqual(['shop', 'new'])
})

test('after a stop there are no more requests, and series do not end', async () => {
  let requests = 0
  const address = await serve((_, response) => {
    requests++
    response.end('a 1\n')
  })
  const { scraper, writer, scrapes, until } = run([jobOf(address)])
  scraper.start()
  await until(() => scrapes.length > 1)
  await scraper.stop()
  const before = requests
  const other = run([jobOf(address)])
  other.scraper.start()
  await other.until(() => other.scrapes.length > 2)
  await other.scraper.stop()
  expect(requests - before).toBe(other.scrapes.length)
  expect(
    writer.find({ __name__: 'a', job: 'shop', instance: address })?.samples.map(({ value }) => value),
  ).not.toContain('stale')
})

test('a store that fails does not stop the scrapes', async () => {
  const address = await serve((_, response) => void response.end('a 1\n'))
  const enough = Promise.withResolvers<void>()
  let calls = 0
  const scraper = createScraper({
    configs: [jobOf(address)],
    ingest: {
      scraped: () => {
        if (++calls > 4) enough.resolve()
        return Promise.reject(new Error('the disk is full'))
      },
    },
  })
  closing.push(() => scraper.stop())
  scraper.start()
  await enough.promise
  expect(scraper.targets().activeTargets[0]).toMatchObject({ health: 'down', lastError: 'the disk is full' })
})
