import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Event, Served, Told } from './part.ts'

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url))

/** All parts of a module, served by their own process, with or without the kit. */
export class Parts {
  served: readonly Served[] = []
  readonly events: Event[] = []
  /** Warnings of the kit. */
  readonly complaints: string[] = []
  /** Its standard error. */
  errors = ''
  readonly #child: ChildProcess

  private constructor(module: string, mode: 'kit' | 'bare') {
    // The child must not inherit the signs of a test runner, since it plays a service.
    const { JEST_WORKER_ID: _, NODE_OPTIONS: __, ...env } = process.env
    this.#child = fork(PROGRAM, [fileURLToPath(new URL(module, import.meta.url)), mode], {
      execArgv: ['--no-warnings', '--conditions=@sightline/source'],
      env: { ...env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.#child.on('message', (told: Told) => {
      if ('served' in told) this.served = told.served
      else if ('event' in told) this.events.push(told.event)
      else this.complaints.push(told.complaint)
    })
  }

  static async start(module: string, mode: 'kit' | 'bare'): Promise<Parts> {
    const parts = new Parts(module, mode)
    const gone = once(parts.#child, 'exit').then(() => Promise.reject(new Error(parts.errors)))
    gone.catch(() => {})
    while (parts.served.length === 0) await Promise.race([once(parts.#child, 'message'), gone])
    return parts
  }

  /** The access events of a part, once all of these requests have one. */
  async eventsOf(part: string, ids: readonly string[]): Promise<Event[]> {
    for (;;) {
      const events = this.events.filter((event) => event.part === part)
      if (ids.every((id) => events.some((event) => event.id === id))) return events
      await once(this.#child, 'message')
    }
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}
