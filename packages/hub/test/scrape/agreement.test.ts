import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type PrometheusServer, startPrometheus } from '@sightline/servers'

import { parsePrometheusConfig } from '../../src/scrape/config/prometheus-yml.ts'
import { createExposition } from '../../src/scrape/exposition/exposition.ts'
import { createFetch } from '../../src/scrape/fetch.ts'
import { targetsOf } from '../../src/scrape/target.ts'
import { createMemoryWriter, type MemoryWriter } from '../memory-writer.ts'
import { casesOf } from './cases.ts'

const cases = casesOf(Date.now())

/** Scrapes of each target that are compared. */
const SCRAPES = 3

let prometheus: PrometheusServer
let configuration: string
let close: () => Promise<void>

beforeAll(async () => {
  const counts = cases.map(() => 0)
  const all = Promise.withResolvers<void>()
  const others = new Map<number, number>()
  const server = createServer((request, response) => {
    const index = Number(request.url?.slice(1))
    const isPrometheus = request.headers['user-agent']?.startsWith('Prometheus') === true
    const turn = isPrometheus ? (counts[index] ?? 0) : (others.get(index) ?? 0)
    if (isPrometheus) counts[index] = turn + 1
    else others.set(index, turn + 1)
    const answers = cases[index]?.answers ?? []
    const {
      body = '',
      type = 'text/plain; version=0.0.4',
      status = 200,
    } = answers[Math.min(turn, answers.length - 1)] ?? {}
    response.statusCode = status
    if (type !== '') response.setHeader('content-type', type)
    // Every other target compresses.
    if (index % 2 === 0) response.end(body)
    else response.setHeader('content-encoding', 'gzip').end(gzipSync(body))
    // The scrape before the last one has then been stored.
    if (counts.every((count) => count > SCRAPES + 1)) all.resolve()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  // JSON is valid YAML.
  configuration = JSON.stringify({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: cases.map(({ job }, index) => ({
      job_name: `case-${index}`,
      metrics_path: `/${index}`,
      static_configs: [{ targets: [address], labels: { env: 'test' } }],
      ...job,
    })),
  })
  prometheus = await startPrometheus([], { configuration })
  await all.promise
  close = async () => {
    await prometheus.stop()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

afterAll(() => close())

interface Instant {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

async function ask(path: string, query: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${prometheus.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`)
  return ((await response.json()) as { data: { result: unknown } }).data.result
}

/** The times of the first scrapes of a job, milliseconds since 1970. */
async function scrapeTimes(job: string): Promise<readonly number[]> {
  const [series] = (await ask('query', { query: `up{job="${job}"}[1h]` })) as { values: [number, string][] }[]
  return (series?.values ?? []).slice(0, SCRAPES).map(([seconds]) => Math.round(seconds * 1_000))
}

/** A moment as Prometheus shows it: the value of each series that has not ended. */
type Moment = Readonly<Record<string, number>>

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function theirs(job: string, time: number): Promise<Moment> {
  // A rule may take the job away: then the label of the environment or nothing finds the series.
  const found = (await ask('query', {
    query: `{job="${job}",__name__!~"scrape_duration_seconds"}`,
    time: String(time / 1_000),
  })) as Instant[]
  return Object.fromEntries(
    found.map(({ metric, value }) => [keyOf(metric), Number(value[1].replace('Inf', 'Infinity'))]),
  )
}

function ours(writer: MemoryWriter, job: string, time: number): Moment {
  const moment: Record<string, number> = {}
  for (const { labels, samples } of writer.written) {
    const value = samples.findLast((sample) => sample.time <= time)?.value
    if (labels['job'] !== job || labels['__name__'] === 'scrape_duration_seconds') continue
    if (value !== undefined && value !== 'stale') moment[keyOf(labels)] = value
  }
  return moment
}

describe('A scrape stores what Prometheus stores', () => {
  test.each(cases.map((each, index) => [each.title, index, each] as const))(
    '%s',
    async (_, index, { reportOnly }) => {
      const only = (moment: Moment) =>
        Object.fromEntries(
          Object.entries(moment).filter(([key]) => reportOnly !== true || /"(?:up|scrape_\w+)"/.test(key)),
        )
      const job = `case-${index}`
      const config = parsePrometheusConfig(configuration, 'prometheus.yml').scrapes[index]
      if (config === undefined) throw new Error(`There is no ${job}`)
      const [target] = targetsOf(config).active
      if (target === undefined) throw new Error(`${job} has no target`)
      const times = await scrapeTimes(job)
      expect(times).toHaveLength(SCRAPES)

      const writer = createMemoryWriter()
      const exposition = createExposition(writer)
      const client = createFetch(config)
      for (const time of times) {
        const shared = { target: target.settings, time, seconds: 0 }
        try {
          const fetched = await client.fetch(target.url, 10_000, new AbortController().signal)
          exposition.add({ kind: 'body', ...shared, ...fetched })
        } catch {
          exposition.add({ kind: 'failed', ...shared })
        }
      }
      client.close()
      for (const time of times) expect(only(ours(writer, job, time))).toEqual(only(await theirs(job, time)))
    },
  )
})
