import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url))
const CONNECTIONS = 32

/** The parameters of a load. */
export interface Load {
  readonly seconds: number
  /** Percentage of callers with a trace context that have sampled it. */
  readonly sampledCallers: number
  /** Number of routes. */
  readonly routes: number
}

/** The result of a load. */
export interface LoadReport {
  readonly requests: number
  /** Duration in microseconds. */
  readonly micros: number
  /** Latencies in microseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Sends requests over 32 keep-alive connections. Each sends the next request as soon as it is answered.
 *
 * @throws {Error} if a request failed: the cost of a failing service is meaningless
 */
export async function runLoad(url: string, { seconds, sampledCallers, routes }: Load): Promise<LoadReport> {
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}`, '-s', SCRIPT]
  const { stdout } = await promisify(execFile)('wrk', [
    ...options,
    url,
    '--',
    String(sampledCallers),
    String(routes),
  ])
  const [, json] = /^REPORT (.+)$/m.exec(stdout) ?? []
  if (json === undefined) throw new Error(`wrk has left no report:\n${stdout}`)
  const { failed, ...report } = JSON.parse(json) as LoadReport & { failed: number }
  if (failed > 0) throw new Error(`${failed} of ${report.requests} requests to ${url} failed`)
  return report
}
