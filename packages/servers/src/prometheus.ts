import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, kill, start } from './program.ts'

/** A target that Prometheus scrapes each second. */
export interface ScrapeTarget {
  /** Such as `127.0.0.1:9090`. */
  readonly address: string
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string
  /** Default: `/metrics`. */
  readonly path?: string
}

/** A series of a query result, with its current value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The last scrape of a target, as `/api/v1/targets` reports it. */
interface ScrapedTarget {
  readonly health: 'up' | 'down' | 'unknown'
  readonly lastError: string
  readonly labels: Readonly<Record<string, string>>
}

/** Options of a Prometheus server. */
export interface PrometheusOptions {
  /** Takes samples at `/api/v1/write`, of any time. Default: it does not. */
  readonly remoteWrite?: boolean
  /** The text of `prometheus.yml`, in place of one for the targets. */
  readonly configuration?: string
}

/** A Prometheus server for one test. */
export interface PrometheusServer {
  /** Where its HTTP API is: `http://127.0.0.1:…`. */
  readonly url: string
  /** Resolves to the targets when all of them have been scraped. */
  scraped(): Promise<readonly ScrapedTarget[]>
  /**
   * Evaluates an expression. The targets are the jobs `target-0`, `target-1`, … Rejects with the error of an
   * invalid expression.
   */
  query(expression: string): Promise<readonly Sample[]>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

/** The response of `/api/v1/query`. */
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

/** Only a hanging server reaches this deadline. */
const DEADLINE_MS = 60_000

/** Starts Debian's `prometheus`. */
export async function startPrometheus(
  targets: readonly ScrapeTarget[],
  { remoteWrite = false, configuration }: PrometheusOptions = {},
): Promise<PrometheusServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const config = {
    global: { scrape_interval: '1s' },
    // JSON is valid YAML.
    scrape_configs: targets.map(({ address, token, path }, index) => ({
      job_name: `target-${index}`,
      ...(path !== undefined && { metrics_path: path }),
      static_configs: [{ targets: [address] }],
      ...(token !== undefined && { authorization: { credentials: token } }),
    })),
  }
  const file = join(folder, 'prometheus.yml')
  await writeFile(file, configuration ?? JSON.stringify(config))
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
        // Polls, since Prometheus sends no event. A query costs it a millisecond.
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
