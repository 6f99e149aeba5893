import { performance } from 'node:perf_hooks'

import type { Logger } from 'pino'

import { isDoneWithin } from '../context/within.ts'
import { noteHook } from './killer.ts'

/** An action at shutdown, such as closing a database. */
export type ShutdownHook = () => unknown

/** How a hook is treated. */
export interface HookOptions {
  /** Time limit in milliseconds, before the next hook starts. Default: 2000. */
  readonly timeout?: number
}

interface Hook {
  readonly name: string
  readonly fn: ShutdownHook
  readonly timeoutMs: number
}

/** The result of the hooks. */
export interface HookOutcome {
  /** Names of hooks that threw. */
  readonly failed: readonly string[]
  /** Names of hooks that exceeded their time. */
  readonly hung: readonly string[]
}

/** The hooks, run in reverse order of registration: a resource that was opened last is closed first. */
export class ShutdownHooks {
  readonly #service: string
  readonly #hooks: Hook[] = []

  constructor(service: string) {
    this.#service = service
  }

  /**
   * Adds a hook.
   *
   * @throws {TypeError} if the name is empty, `fn` is no function, or the timeout is not positive
   */
  add(name: string, fn: ShutdownHook, { timeout = 2_000 }: HookOptions = {}): void {
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`Sightline: onShutdown needs a name for the log, but got ${JSON.stringify(name)}`)
    if (typeof fn !== 'function')
      throw new TypeError(`Sightline: onShutdown ${name} needs a function, but got ${String(fn)}`)
    if (!(timeout > 0))
      throw new TypeError(
        `Sightline: the timeout of onShutdown ${name} is ${timeout}, but must be milliseconds above 0`,
      )
    this.#hooks.push({ name, fn, timeoutMs: timeout })
  }

  /**
   * Runs all hooks once, in sequence. Never rejects.
   *
   * @param until deadline of the last hook, by `performance.now()`
   */
  async run(until: number, log: Logger): Promise<HookOutcome> {
    const failed: string[] = []
    const hung: string[] = []
    for (const { name, fn, timeoutMs } of this.#hooks.splice(0).toReversed()) {
      const budget = Math.min(timeoutMs, until - performance.now())
      const end = noteHook(this.#service, name)
      try {
        if (await isDoneWithin(budget, fn)) continue
        hung.push(name)
        log.error(
          { hook: name, timeout_ms: Math.max(0, Math.round(budget)) },
          'shutdown hook has not ended in time',
        )
      } catch (error) {
        failed.push(name)
        log.error({ hook: name, err: error }, 'shutdown hook failed')
      } finally {
        end()
      }
    }
    return { failed, hung }
  }
}
