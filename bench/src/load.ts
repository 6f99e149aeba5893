import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url))
const CONNECTIONS = 32

/** Who asks, and for how long. */
export interface Load {
  readonly seconds: number
  /** How many of 100 callers who send a trace context have sampled it. */
  readonly sampledCallers: number
  /** Over how many routes the requests go. */
  readonly routes: number
}

/** What came of it. */
export interface LoadReport {
  readonly requests: number
  /** How long it took, in microseconds. */
  readonly micros: number
  /** Latencies in microseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Asks a service over 32 kept connections, each as fast as it is answered.
 *
 * @throws {Error} where a request failed: what such a service costs is of no interest
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
