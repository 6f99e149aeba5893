import { expect, it } from '@jest/globals'
import { type PrometheusServer, type Sample, startPrometheus } from '@sightline/servers'

import { type RunningProgram, startProgram } from './program.ts'

/** Only a hanging test reaches this deadline. */
const DEADLINE_MS = 60_000

/** A request sent to both programs. */
export interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Repetitions. Default: 1. */
  readonly times?: number
}

/**
 * The programs before and after a migration, with a Prometheus that has scraped both before and after their
 * requests.
 */
export class Dashboards {
  readonly #programs: readonly RunningProgram[]
  readonly #prometheus: PrometheusServer

  private constructor(programs: readonly RunningProgram[], prometheus: PrometheusServer) {
    this.#programs = programs
    this.#prometheus = prometheus
  }

  /**
   * Sends the same requests to both programs, twice: rates need two scrapes with requests between them.
   *
   * @param settled an expression over `$job` that shows how many requests the last scrape includes, and its
   * value after one round
   */
  static async of(
    migration: string,
    requests: readonly Asked[],
    settled: { readonly expression: string; readonly perRound: number },
  ): Promise<Dashboards> {
    const programs = await Promise.all([startProgram(migration, 'before'), startProgram(migration, 'after')])
    await Promise.all(programs.map((program) => sendAll(program, requests)))
    // All series exist at the first scrape, so that all rates cover the same time.
    const prometheus = await startPrometheus(
      programs.map(({ address }) => ({ address, path: '/internal/metrics' })),
    )
    const dashboards = new Dashboards(programs, prometheus)
    try {
      await dashboards.#until(settled.expression, settled.perRound)
      await Promise.all(programs.map((program) => sendAll(program, requests)))
      await dashboards.#until(settled.expression, 2 * settled.perRound)
    } catch (error) {
      await dashboards.stop()
      throw error
    }
    return dashboards
  }

  /**
   * The result of a query over `$job` for both programs: series in the same order, without job and instance.
   */
  async both(query: string): Promise<[before: readonly Sample[], after: readonly Sample[]]> {
    const [before, after] = await Promise.all([this.#shown(query, 0), this.#shown(query, 1)])
    return [before, after]
  }

  async stop(): Promise<void> {
    await Promise.all([this.#prometheus.stop(), ...this.#programs.map((program) => program.stop())])
  }

  async #shown(query: string, target: number): Promise<readonly Sample[]> {
    const samples = await this.#prometheus.query(query.replaceAll('$job', `target-${target}`))
    const shown = samples.map(({ labels: { job: _job, instance: _instance, ...labels }, value }) => ({
      labels,
      value,
    }))
    // Prometheus returns the labels of a series in alphabetical order.
    const key = ({ labels }: Sample) => JSON.stringify(labels)
    return shown.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  async #until(expression: string, value: number): Promise<void> {
    const end = Date.now() + DEADLINE_MS
    for (;;) {
      const both = await this.both(expression)
      if (both.every(([sample]) => sample?.value === value)) return
      if (Date.now() > end) throw new Error(`${expression} has not become ${value}: ${JSON.stringify(both)}`)
      // Polls, since there is no event for a scrape.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Declares a test per query: it has a result for the program before, and the same for the one after. */
export function itShowsTheSame(dashboards: () => Dashboards, queries: readonly string[]): void {
  it.each(queries)('show the same for %s', async (query) => {
    const [before, after] = await dashboards().both(query)
    expect(before).not.toEqual([])
    expect(after.map(({ labels }) => labels)).toEqual(before.map(({ labels }) => labels))
    for (const [i, { value }] of before.entries()) expect(after[i]?.value).toBeCloseTo(value, 6)
  })
}

async function sendAll({ address }: RunningProgram, requests: readonly Asked[]): Promise<void> {
  await Promise.all(
    requests.flatMap(({ path, times = 1, ...request }) =>
      Array.from({ length: times }, async () => {
        const response = await fetch(`http://${address}${path}`, request)
        await response.arrayBuffer()
      }),
    ),
  )
}
