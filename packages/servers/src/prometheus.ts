import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, kill, start } from './program.ts'

/** What Prometheus is to scrape, each second. */
export interface ScrapeTarget {
  /** Such as `127.0.0.1:9090`. */
  readonly address: string
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string
  /** Default: `/metrics`. */
  readonly path?: string
}

/** One series of an answer, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** How its last scrape of a target went, as `/api/v1/targets` tells it. */
interface ScrapedTarget {
  readonly health: 'up' | 'down' | 'unknown'
  readonly lastError: string
  readonly labels: Readonly<Record<string, string>>
}

/** What a Prometheus does besides scraping. */
export interface PrometheusOptions {
  /** Takes samples at `/api/v1/write`, of any time. Default: it does not. */
  readonly remoteWrite?: boolean
}

/** A Prometheus of its own. */
export interface PrometheusServer {
  /** Where its HTTP API is: `http://127.0.0.1:…`. */
  readonly url: string
  /** The targets, as soon as it has scraped all of them. */
  scraped(): Promise<readonly ScrapedTarget[]>
  /** What an expression is now. Targets are the jobs `target-0`, `target-1`, … Rejects with what is wrong with it. */
  query(expression: string): Promise<readonly Sample[]>
  /** Ends it, and removes its data. */
  stop(): Promise<void>
}

/** As `/api/v1/query` answers. */
type QueryAnswer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success'
      readonly data: {
        readonly result: ReadonlyArray<{
          readonly metric: Readonly<Record<string, string>>
          readonly value: readonly [time: number, value: string]
        }>
      }
    }

/** Something hangs where this has passed. */
const DEADLINE_MS = 60_000

/** Starts Debian's `prometheus`. */
export async function startPrometheus(
  targets: readonly ScrapeTarget[],
  { remoteWrite = false }: PrometheusOptions = {},
): Promise<PrometheusServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const config = {
    global: { scrape_interval: '1s' },
    // JSON is YAML as well.
    scrape_configs: targets.map(({ address, token, path }, index) => ({
      job_name: `target-${index}`,
      ...(path !== undefined && { metrics_path: path }),
      static_configs: [{ targets: [address] }],
      ...(token !== undefined && { authorization: { credentials: token } }),
    })),
  }
  const file = join(folder, 'prometheus.yml')
  await writeFile(file, JSON.stringify(config))
  const program = await start(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(remoteWrite ? ['--web.enable-remote-write-receiver'] : []),
    ],
    /ready to receive web requests/,
  )
  return {
    url: `http://127.0.0.1:${port}`,
    async scraped() {
      const end = Date.now() + DEADLINE_MS
      for (;;) {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/targets?state=active`)
        const { data } = (await response.json()) as { data: { activeTargets: readonly ScrapedTarget[] } }
        const known = data.activeTargets.filter(({ health }) => health !== 'unknown')
        if (known.length === targets.length) return known
        if (Date.now() > end) throw new Error(`Prometheus has not scraped in time:\n${program.said()}`)
        // There is no event for it: the next look costs Prometheus a millisecond.
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async query(expression) {
      const response = await fetch(
        `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`,
      )
      const answer = (await response.json()) as QueryAnswer
      if (answer.status !== 'success')
        throw new Error(`Prometheus cannot evaluate ${expression}: ${answer.error}`)
      return answer.data.result.map(({ metric, value: [, value] }) => ({
        labels: metric,
        value: Number(value),
      }))
    },
    async stop() {
      await kill(program)
      await rm(folder, { recursive: true })
    },
  }
}
