import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Where what is measured runs, alone; and where everything else runs: the load, the collector of spans, the readers of
 * logs, the harness itself. Read when the process starts, before it is kept to one of them.
 */
const [SERVICE_CORE, LOAD_CORE] = allowedCores()

/** A command line that runs another one on the service's core. */
export function onServiceCore(...command: readonly string[]): [string, ...string[]] {
  return ['taskset', '--cpu-list', String(SERVICE_CORE), ...command]
}

/**
 * Moves this process to the load's core. What it starts from now on is there too, unless it is told otherwise.
 *
 * @throws {Error} where that cannot be done: the numbers would mean nothing
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

/** The cores that this process may run on, such as `0-1,4`: a container's are not always the first ones. */
function allowedCores(): number[] {
  const [, list = '0'] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_none, i) => first + i)
  })
}
