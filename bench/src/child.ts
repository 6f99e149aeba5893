import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'

import { onServiceCore } from './cores.ts'

/** How a process that is measured is started. */
export interface ChildSetup {
  readonly module: URL
  readonly args?: readonly string[]
  /** Flags for node. */
  readonly flags?: readonly string[]
  /** Where its standard output goes. Default: nowhere. */
  readonly stdout?: number
}

/** A fresh node process on the service's core, as in production. It talks by messages. */
export function startChild({ module, args = [], flags = [], stdout }: ChildSetup): ChildProcess {
  const [command, ...rest] = onServiceCore(process.execPath, ...flags, module.pathname, ...args)
  const stdio: StdioOptions = ['ignore', stdout ?? 'ignore', 'inherit', 'ipc']
  return spawn(command, rest, { stdio, env: productionEnvironment() })
}

/**
 * The next message of a child.
 *
 * @throws {Error} where the child ends first
 */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    return await Promise.race([
      // Our own children send nothing but what was agreed.
      once(child, 'message', { signal }).then(([message]) => message as T),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`${child.spawnargs.join(' ')} ended with ${by ?? code} before it had answered`)
      }),
    ])
  } finally {
    settled.abort()
  }
}

/** Ends a child, and waits until it has. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Nobody's settings but the plan's: both kits read the environment. */
function productionEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:SIGHTLINE|OTEL)_|^NODE_OPTIONS$/.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' }
}
