import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { on, once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, it } from '@jest/globals'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url))
let started: ChildProcess | undefined

afterEach(async () => {
  if (started?.exitCode === null && started.signalCode === null) {
    const exited = once(started, 'exit')
    started.kill('SIGKILL')
    await exited
  }
  started = undefined
})

function start(name: string, ...args: string[]): ChildProcess {
  started = fork(fixture(name), args, {
    execArgv: ['--conditions=@sightline/source', '--experimental-strip-types'],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return started
}

interface WorkerOfService {
  readonly id: number
  readonly pid: number
  readonly port: number
}

async function next<T>(messages: AsyncIterator<unknown>): Promise<T> {
  const { value } = await messages.next()
  // What the fixture sends is what the caller expects.
  return (value as [T])[0]
}

/** A cluster under load, which ends with its parent. */
class Service {
  readonly scrapes: string
  readonly workers: readonly WorkerOfService[]
  readonly #process: ChildProcess
  readonly #messages: AsyncIterator<unknown>
  /** Answers that arrived, by the worker that gave them. */
  readonly answers = new Map<number, number>()

  private constructor(
    service: ChildProcess,
    messages: AsyncIterator<unknown>,
    scrapes: string,
    workers: readonly WorkerOfService[],
  ) {
    this.#process = service
    this.#messages = messages
    this.scrapes = scrapes
    this.workers = workers
  }

  static async start(count: number): Promise<Service> {
    const service = start('shop-cluster', String(count))
    const messages = on(service, 'message')
    const { scrapes } = await next<{ scrapes: string }>(messages)
    const workers: WorkerOfService[] = []
    while (workers.length < count) workers.push(await next(messages))
    return new Service(service, messages, scrapes, workers)
  }

  async startAnother(): Promise<WorkerOfService> {
    this.#process.send('another')
    return next(this.#messages)
  }

  /** Has a worker end gracefully. */
  end(id: number): void {
    this.#process.send(id)
  }

  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Asks, each time over a new connection, until it is told to stop. What is not answered is not counted. */
  load(): (how?: { readonly abandon?: boolean }) => Promise<void> {
    const agent = new Agent({ keepAlive: false })
    const port = this.workers[0]?.port ?? 0
    const stopped = new AbortController()
    const asking = new Set<ReturnType<typeof request>>()
    const ask = () =>
      new Promise<void>((resolve) => {
        const asked = request({ port, host: '127.0.0.1', agent }, (res) => {
          let body = ''
          res.setEncoding('utf8').on('data', (text: string) => (body += text))
          res.on('end', () => this.answers.set(Number(body), (this.answers.get(Number(body)) ?? 0) + 1))
        })
        asking.add(asked)
        asked.on('error', () => {})
        asked.on('close', () => {
          asking.delete(asked)
          resolve()
        })
        asked.end()
      })
    const askers = Array.from({ length: 8 }, async () => {
      while (!stopped.signal.aborted) await ask()
    })
    return async ({ abandon = false } = {}) => {
      stopped.abort()
      // What a stopped worker has taken would never be answered.
      const late = abandon ? setTimeout(() => asking.forEach((asked) => asked.destroy()), 1_000) : undefined
      await Promise.all(askers)
      clearTimeout(late)
      agent.destroy()
    }
  }

  async scrape(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.scrapes}/metrics`)).text()
    return new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    )
  }

  /** Scrapes until it shows what is expected. */
  async scrapeUntil(isExpected: (samples: Map<string, number>) => boolean): Promise<Map<string, number>> {
    const deadline = Date.now() + 15_000
    let samples = await this.scrape()
    while (!isExpected(samples) && Date.now() < deadline) samples = await this.scrape()
    return samples
  }
}

const REQUESTS = 'http_requests_total{method="GET",route="/orders",status="200"}'
const TOTALS = [
  REQUESTS,
  'http_request_duration_seconds_count{method="GET",route="/orders"}',
  'http_request_duration_seconds_bucket{method="GET",route="/orders",le="+Inf"}',
  'shop_orders_total{status="paid"}',
  'shop_basket_items_bucket{le="5"}',
  'shop_basket_items_count',
  'own_total',
]
const ANSWERING = 'sightline_cluster_workers{state="answering"}'
const SILENT = 'sightline_cluster_workers{state="silent"}'
const ENDED = 'sightline_cluster_workers_ended_total'

describe('the scrape of a cluster of four under load', () => {
  it('has the totals of all, of a killed one and of a stopped one too, and no counter goes down', async () => {
    const service = await Service.start(4)
    const counters = new Map<string, number>()
    const shrunk: string[] = []
    const watch = (samples: Map<string, number>) => {
      for (const [series, value] of samples) {
        // The client's gauges of active things have the names of counters.
        if (!/^[a-z_]+(?:_total|_count|_bucket|_sum)\b/.test(series) || series.startsWith('nodejs_active_'))
          continue
        if (value < (counters.get(series) ?? 0)) shrunk.push(`${series}: ${counters.get(series)} -> ${value}`)
        counters.set(series, value)
      }
      return samples
    }
    const scrape = async () => watch(await service.scrape())
    const exactly = async (count: number) => {
      const samples = watch(await service.scrapeUntil((each) => each.get(REQUESTS) === count))
      expect(TOTALS.map((series) => [series, samples.get(series)])).toEqual(
        TOTALS.map((series) => [series, count]),
      )
      return samples
    }

    let stopLoad = service.load()
    for (let i = 0; i < 10; i++) await scrape()
    await stopLoad()
    const before = await exactly(service.total)
    expect(service.answers.size).toBe(4)
    expect((before.get(ANSWERING) ?? 0) + (before.get(SILENT) ?? 0)).toBe(4)
    expect([1, 2, 3, 4].map((worker) => before.get(`shop_stock{worker="${worker}"}`))).toEqual([
      10, 10, 10, 10,
    ])

    // Killed: what it had counted is kept.
    const [first, second] = service.workers
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await service.scrapeUntil((samples) => samples.get(ENDED) === 1)
    const after = await exactly(service.total)
    expect((after.get(ANSWERING) ?? 0) + (after.get(SILENT) ?? 0)).toBe(3)

    // One that is started in its place adds on.
    await service.startAnother()
    stopLoad = service.load()
    const soFar = service.total
    watch(await service.scrapeUntil((samples) => (samples.get(REQUESTS) ?? 0) > soFar + 50))

    // Stopped: the scrape does not wait for long, and knows what it had counted.
    process.kill(second?.pid ?? 0, 'SIGSTOP')
    for (let i = 0; i < 4; i++) {
      const began = performance.now()
      const samples = await scrape()
      expect(performance.now() - began).toBeLessThan(2_000)
      // On a busy machine another one may be late as well.
      expect(samples.get(SILENT)).toBeGreaterThanOrEqual(1)
      expect((samples.get(ANSWERING) ?? 0) + (samples.get(SILENT) ?? 0)).toBe(4)
    }
    await stopLoad({ abandon: true })
    process.kill(second?.pid ?? 0, 'SIGCONT')
    const last = await service.scrapeUntil((samples) => samples.get(SILENT) === 0)
    watch(last)
    // A request that the stopped one took may have been counted without an answer that arrived.
    expect(last.get(REQUESTS)).toBeGreaterThanOrEqual(service.total)
    expect(shrunk).toEqual([])

    const text = await (await fetch(`${service.scrapes}/metrics`)).text()
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const openmetrics = await fetch(`${service.scrapes}/metrics`, {
      headers: { accept: 'application/openmetrics-text' },
    })
    expect(await openmetrics.text()).toMatch(/\nown_total \d+\n[^]*# EOF\n$/)
  }, 60_000)
})

it('keeps all that a worker had counted which ends by itself, and counts it once', async () => {
  const service = await Service.start(2)
  const stopLoad = service.load()
  await service.scrapeUntil((samples) => (samples.get(REQUESTS) ?? 0) > 50)
  await stopLoad()
  // Nobody has asked since: what came then is in its last word alone.
  service.end(service.workers[0]?.id ?? 0)
  const samples = await service.scrapeUntil(
    (each) => each.get(ENDED) === 1 && each.get(REQUESTS) === service.total,
  )
  expect(TOTALS.map((series) => samples.get(series))).toEqual(TOTALS.map(() => service.total))
}, 30_000)

describe('the scrape of a process with threads', () => {
  it('has what all threads have counted, those that have ended too', async () => {
    const service = start('threads')
    const messages = on(service, 'message')
    const ask = async (wish: 'start' | 'end' | 'scrape') => {
      service.send(wish)
      return next<string>(messages)
    }
    await ask('start')
    await ask('start')
    const before = await ask('scrape')
    expect(before).toContain('\njobs_done_total 114\n')
    expect(before.match(/^load\{worker="t\d+",of="queue"\} 0\.5$/gm)).toHaveLength(2)
    // The process is one and the same; the event loops are three.
    expect(before.match(/^process_start_time_seconds\b.*$/gm)).toHaveLength(1)
    expect(before.match(/^nodejs_eventloop_utilization_ratio\b.*$/gm)).toHaveLength(3)
    await ask('end')
    const after = await ask('scrape')
    expect(after).toContain('\njobs_done_total 114\n')
    expect(after.match(/^load\b.*$/gm)).toHaveLength(1)
  }, 20_000)
})
