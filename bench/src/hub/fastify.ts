import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Results } from '../results.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/**
 * What a request of the bare Fastify costs here, in microseconds of CPU: the lower quartile, since other programs that run at the same time
 * only add to it. A process of its own measures it, since that is pinned to a core.
 */
export async function bareFastifyMicros(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fastify-'))
  try {
    const json = join(folder, 'results.json')
    const options = ['--quick', '--only', 'fastify', '--variants', 'bare', '--rounds', '1', '--json', json]
    await promisify(execFile)(process.execPath, [...process.execArgv, MAIN, 'requests', ...options])
    // Written by that process.
    const { requests } = JSON.parse(readFileSync(json, 'utf8')) as Results
    const cpu = requests?.findings[0]?.costs[0]?.cpu.low
    if (cpu === undefined) throw new Error('The benchmark of requests has left no result')
    return cpu
  } finally {
    rmSync(folder, { recursive: true })
  }
}
