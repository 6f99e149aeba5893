import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { messageOf, startChild, stopChild } from '../../child.ts'
import { cpuMsOf, peakRssOf } from './usage.ts'

const MAIN = new URL('hub-main.ts', import.meta.url)

/** A hub in a process of its own. */
export interface HubProcess {
  readonly url: string
  /** Milliseconds from the start of the process until the hub could receive and answer. */
  readonly readyMs: number
  /** CPU time so far, in milliseconds. */
  cpuMs(): number
  /** The largest resident memory so far, in bytes. */
  peakRss(): number
  /** Lets it store what it has, and waits for its end. */
  close(): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
}

/**
 * Starts a hub, and waits until it listens.
 *
 * @param profiles A folder for profiles of its threads, written at their end; not of query threads, which are terminated. `undefined`: no profiles
 * @throws {Error} if it ends before that
 */
export async function startHubProcess(folder: string, profiles?: string): Promise<HubProcess> {
  const begun = performance.now()
  // Threads take it from the environment, since they may have flags of their own.
  const env = profiles === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` }
  const child = startChild({ module: MAIN, args: [folder], flags: process.execArgv, core: 'any', env })
  try {
    const { url } = await messageOf<{ readonly url: string }>(child)
    const pid = pidOf(child)
    return {
      url,
      readyMs: performance.now() - begun,
      cpuMs: () => cpuMsOf(pid),
      peakRss: () => peakRssOf(pid),
      async close() {
        const ended = once(child, 'exit')
        child.send('close')
        await ended
      },
      kill: () => stopChild(child),
    }
  } catch (error) {
    await stopChild(child)
    throw error
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('The process has not started')
  return pid
}
