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

/** How many ask at the same time. */
const ASKERS = 8
/** Who lives has answered by then. */
const LOST_MS = 15_000

/** A cluster under load, which ends with its parent. */
class Service {
  readonly scrapes: string
  readonly workers: readonly WorkerOfService[]
  readonly #process: ChildProcess
  readonly #messages: AsyncIterator<unknown>
  /** Answers that arrived, by the worker that gave them. */
  readonly answers = new Map<number, number>()
  /** Requests to which no answer arrived. */
  failed = 0
  /** Counters of which a scrape told less than one before. */
  readonly shrunk: string[] = []
  /** Scrapes in which a request was in some series, and in others not. */
  readonly torn: string[] = []
  readonly #counters = new Map<string, number>()

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

  /** Asks, each time over a new connection, until it is told to stop: ends with the last answer. */
  load(): () => Promise<void> {
    const agent = new Agent({ keepAlive: false })
    const port = this.workers[0]?.port ?? 0
    const stopped = new AbortController()
    const asking = new Set<ReturnType<typeof request>>()
    const ask = () =>
      new Promise<void>((resolve) => {
        let isAnswered = false
        const asked = request({ port, host: '127.0.0.1', agent }, (res) => {
          let body = ''
          res.setEncoding('utf8').on('data', (text: string) => (body += text))
          res.on('end', () => {
            isAnswered = true
            this.answers.set(Number(body), (this.answers.get(Number(body)) ?? 0) + 1)
          })
        })
        asking.add(asked)
        asked.on('error', () => {})
        asked.on('close', () => {
          asking.delete(asked)
          if (!isAnswered) this.failed++
          resolve()
        })
        asked.end()
      })
    const askers = Array.from({ length: ASKERS }, async () => {
      while (!stopped.signal.aborted) await ask()
    })
    return async () => {
      stopped.abort()
      // A connection that was on its way to a worker when that was killed stays open, and nobody has it.
      const lost = setTimeout(() => asking.forEach((asked) => asked.destroy()), LOST_MS)
      await Promise.all(askers)
      clearTimeout(lost)
      agent.destroy()
    }
  }

  async scrape(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.scrapes}/metrics`)).text()
    const samples = new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    )
    this.#watch(samples)
    return samples
  }

  #watch(samples: ReadonlyMap<string, number>): void {
    const requests = ENDED_REQUESTS.map((series) => samples.get(series) ?? 0)
    if (new Set(requests).size > 1) this.torn.push(requests.join(', '))
    for (const [series, value] of samples) {
      // The client's gauges of active things have the names of counters.
      if (!/^[a-z_]+(?:_total|_count|_bucket|_sum)\b/.test(series) || series.startsWith('nodejs_active_'))
        continue
      const before = this.#counters.get(series) ?? 0
      if (value < before) this.shrunk.push(`${series}: ${before} -> ${value}`)
      this.#counters.set(series, value)
    }
  }

  /** Scrapes until it shows what is expected. */
  async scrapeUntil(isExpected: (samples: Map<string, number>) => boolean): Promise<Map<string, number>> {
    const deadline = Date.now() + 60_000
    let samples = await this.scrape()
    while (!isExpected(samples) && Date.now() < deadline) samples = await this.scrape()
    return samples
  }
}

const REQUESTS = 'http_requests_total{method="GET",route="/orders",status="200"}'
/** A request that has ended is in all of these. */
const ENDED_REQUESTS = [
  REQUESTS,
  ...['duration_seconds', 'size_bytes'].map(
    (what) => `http_request_${what}_count{method="GET",route="/orders"}`,
  ),
  'http_response_size_bytes_count{method="GET",route="/orders"}',
]
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

const servedBy = (id: number) => `shop_served_total{by="${id}"}`

describe('the scrape of a cluster of four', () => {
  it('has the totals of all, and of a killed one too', async () => {
    const service = await Service.start(4)
    const exactly = async (count: number) => {
      const samples = await service.scrapeUntil((each) => each.get(REQUESTS) === count)
      expect(TOTALS.map((series) => [series, samples.get(series)])).toEqual(
        TOTALS.map((series) => [series, count]),
      )
      return samples
    }

    const stopLoad = service.load()
    for (let i = 0; i < 10; i++) await service.scrape()
    await stopLoad()
    const before = await exactly(service.total)
    expect(service.answers.size).toBe(4)
    expect((before.get(ANSWERING) ?? 0) + (before.get(SILENT) ?? 0)).toBe(4)
    expect([1, 2, 3, 4].map((worker) => before.get(`shop_stock{worker="${worker}"}`))).toEqual([
      10, 10, 10, 10,
    ])

    process.kill(service.workers[0]?.pid ?? 0, 'SIGKILL')
    await service.scrapeUntil((samples) => samples.get(ENDED) === 1)
    const after = await exactly(service.total)
    expect((after.get(ANSWERING) ?? 0) + (after.get(SILENT) ?? 0)).toBe(3)
    expect(service.shrunk).toEqual([])
    expect(service.torn).toEqual([])

    const text = await (await fetch(`${service.scrapes}/metrics`)).text()
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const openmetrics = await fetch(`${service.scrapes}/metrics`, {
      headers: { accept: 'application/openmetrics-text' },
    })
    expect(await openmetrics.text()).toMatch(/\nown_total \d+\n[^]*# EOF\n$/)
  })

  it('is right while requests come in, one worker is killed and another stopped', async () => {
    const service = await Service.start(4)
    const [first, second, third, fourth] = service.workers
    if (!first || !second || !third || !fourth) throw new Error('there are fewer workers')
    const stopLoad = service.load()
    // What the killed one had answered before a scrape in which all four told what they had.
    let seen: number
    let whole: Map<string, number>
    do {
      seen = service.answers.get(first.id) ?? 0
      whole = await service.scrape()
    } while (seen === 0 || whole.get(ANSWERING) !== 4)

    process.kill(first.pid, 'SIGKILL')
    process.kill(second.pid, 'SIGSTOP')
    for (let i = 0; i < 4; i++) {
      const samples = await service.scrape()
      // On a busy machine another one may be late as well.
      expect(samples.get(SILENT)).toBeGreaterThanOrEqual(1)
    }
    // One that is started in its place adds on.
    const fifth = await service.startAnother()
    const soFar = service.answers.get(fifth.id) ?? 0
    const since = await service.scrapeUntil((samples) => (samples.get(servedBy(fifth.id)) ?? 0) > soFar + 20)
    expect(since.get(servedBy(fifth.id))).toBeGreaterThan(soFar + 20)
    expect(since.get(ENDED)).toBe(1)
    expect((since.get(ANSWERING) ?? 0) + (since.get(SILENT) ?? 0)).toBe(4)

    process.kill(second.pid, 'SIGCONT')
    await stopLoad()
    const survivors = [second, third, fourth, fifth].map(({ id }) => id)
    const exact = survivors.map((id) => [id, service.answers.get(id)])
    const told = (samples: ReadonlyMap<string, number>) =>
      survivors.map((id) => [id, samples.get(servedBy(id))])
    const last = await service.scrapeUntil((samples) => String(told(samples)) === String(exact))
    expect(told(last)).toEqual(exact)
    // Of the killed one, no more is missing than what came after the last scrape that it was asked for.
    const answered = service.answers.get(first.id) ?? 0
    expect(last.get(servedBy(first.id))).toBeGreaterThanOrEqual(seen)
    expect(last.get(servedBy(first.id))).toBeLessThanOrEqual(answered + service.failed)
    expect(service.failed).toBeLessThanOrEqual(ASKERS)
    const others = service.total - answered
    for (const series of TOTALS) {
      expect(last.get(series)).toBeGreaterThanOrEqual(others + seen)
      expect(last.get(series)).toBeLessThanOrEqual(service.total + service.failed)
    }
    expect(service.shrunk).toEqual([])
    expect(service.torn).toEqual([])
  })
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
})

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
  })
})
