import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'

import { onServiceCore } from './cores.ts'

/** The setup of a measured process. */
export interface ChildSetup {
  readonly module: URL
  readonly args?: readonly string[]
  /** Flags for node. */
  readonly flags?: readonly string[]
  /** Descriptor for its standard output. Default: discarded. */
  readonly stdout?: number
  /** The service's core, or any core that this process may use. Default: the service's. */
  readonly core?: 'service' | 'any'
  /** Further variables of its environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** Starts a new node process in production mode. It communicates by messages. */
export function startChild({
  module,
  args = [],
  flags = [],
  stdout,
  core = 'service',
  env = {},
}: ChildSetup): ChildProcess {
  const node = [...flags, module.pathname, ...args]
  const [command, ...rest] =
    core === 'any' ? ([process.execPath, ...node] as const) : onServiceCore(process.execPath, ...node)
  const stdio: StdioOptions = ['ignore', stdout ?? 'ignore', 'inherit', 'ipc']
  return spawn(command, rest, { stdio, env: { ...productionEnvironment(), ...env } })
}

/**
 * The next message of a child.
 *
 * @throws {Error} if the child ends first
 */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    return await Promise.race([
      // Our own children send only the agreed type.
      once(child, 'message', { signal }).then(([message]) => message as T),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`${child.spawnargs.join(' ')} ended with ${by ?? code} before it had answered`)
      }),
    ])
  } finally {
    settled.abort()
  }
}

/** Stops a child, and waits for its end. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Removes all settings but the plan's: both kits read the environment. */
function productionEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:SIGHTLINE|OTEL)_|^NODE_OPTIONS$/.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' }
}
