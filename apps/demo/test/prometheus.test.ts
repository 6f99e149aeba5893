import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { SERVICE_LINE, startDemo } from './run.ts'

const LONG = 180_000
const demo = startDemo()
let prometheus: ChildProcess | undefined
let folder: string
let api: string

beforeAll(async () => {
  const { input: output } = await demo.printed(/^payments .*\.log$/m)
  const targets = Array.from(output.matchAll(SERVICE_LINE), ([, , url = '']) => new URL(url).host)
  folder = await mkdtemp(join(tmpdir(), 'sightline-prometheus-'))
  const config = join(folder, 'prometheus.json')
  // JSON is valid YAML.
  const scrape = {
    job_name: 'shop',
    scrape_interval: '500ms',
    scrape_timeout: '500ms',
    static_configs: [{ targets }],
  }
  await writeFile(config, JSON.stringify({ scrape_configs: [scrape] }))
  const port = await freePort()
  api = `http://127.0.0.1:${port}/api/v1`
  prometheus = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
}, LONG)

afterAll(async () => {
  demo.child.kill('SIGINT')
  await demo.ended()
  if (prometheus?.kill('SIGTERM')) await once(prometheus, 'exit')
  await rm(folder, { recursive: true })
}, LONG)

test(
  'a real Prometheus that scrapes the demo evaluates the two alert expressions',
  async () => {
    expect(await answered('sum(up{job="shop"}) == 3')).toHaveLength(1)
    // Below the threshold an alert has no result, so the test queries its left side.
    const errorRatio =
      'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
    const p95 = 'histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))'
    const [ratio] = await answered(errorRatio)
    expect(ratio).toBeGreaterThanOrEqual(0)
    expect(ratio).toBeLessThan(1)
    const latencies = await answered(`${p95} > 0`)
    expect(Math.min(...latencies)).toBeGreaterThan(0)
    for (const alert of [`${errorRatio} > 0.05`, `${p95} > 1.0`]) {
      expect(await query(alert)).toMatchObject({ status: 'success' })
    }
  },
  LONG,
)

interface Answer {
  readonly status: string
  readonly data: { readonly result: ReadonlyArray<{ readonly value: readonly [number, string] }> }
}

async function query(expression: string): Promise<Answer> {
  const response = await fetch(`${api}/query?query=${encodeURIComponent(expression)}`)
  return (await response.json()) as Answer
}

/** The values of an expression, once there are any, which takes two scrapes. */
async function answered(expression: string): Promise<number[]> {
  for (;;) {
    const answer = await query(expression).catch(() => undefined)
    const values = (answer?.data?.result ?? [])
      .map(({ value }) => Number(value[1]))
      .filter((value) => !Number.isNaN(value))
    if (values.length > 0) return values
    await delay(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
