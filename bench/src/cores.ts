import { execFileSync } from 'node:child_process'

/** Where what is measured runs, alone. */
export const SERVICE_CORE = 0

/** Where everything else runs: the load, the collector of spans, the readers of logs, the harness itself. */
const LOAD_CORE = 1

/** A command line that runs another one on a core. */
export function onCore(core: number, ...command: readonly string[]): [string, ...string[]] {
  return ['taskset', '--cpu-list', String(core), ...command]
}

/**
 * Moves this process to the load's core. What it starts from now on is there too, unless it is told otherwise.
 *
 * @throws {Error} where that cannot be done: the numbers would mean nothing
 */
export function keepOffServiceCore(): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(LOAD_CORE), String(process.pid)], {
      stdio: 'ignore',
    })
  } catch (error) {
    throw new Error(
      'the benchmark needs Linux with taskset (Debian: util-linux) and two cores, one for the service and one for its load',
      { cause: error },
    )
  }
}
