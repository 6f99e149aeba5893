import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * The service runs alone on one core. The load, the collector, the log readers and the harness run on the
 * other. Read at the start, before the process is pinned to one of them.
 */
const [SERVICE_CORE, LOAD_CORE] = allowedCores()

/** A command line that runs another one on the service's core. */
export function onServiceCore(...command: readonly string[]): [string, ...string[]] {
  return ['taskset', '--cpu-list', String(SERVICE_CORE), ...command]
}

/**
 * Pins this process, and by default its children, to the load's core.
 *
 * @throws {Error} if that fails: the results would be meaningless
 */
export function keepOffServiceCore(): void {
  try {
    const options = ['--all-tasks', '--cpu-list', '--pid', String(LOAD_CORE), String(process.pid)]
    execFileSync('taskset', options, { stdio: 'ignore' })
  } catch (error) {
    throw new Error(
      'the benchmark needs Linux with taskset (Debian: util-linux) and two cores, one for the service and one for its load',
      { cause: error },
    )
  }
}

/** The cores that this process may use, such as `0-1,4`. A container's cores need not start at 0. */
function allowedCores(): number[] {
  const [, list = '0'] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_none, i) => first + i)
  })
}
