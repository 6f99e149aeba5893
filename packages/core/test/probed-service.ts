import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import type { Command } from './fixtures/probed.ts'
import { Folder } from './logging-process.ts'

const FIXTURE = `${import.meta.dirname}/fixtures/probed.ts`
const FLAGS = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']
/** Something hangs where this has passed. */
const DEADLINE_MS = 60_000

/** What a probe is answered. */
interface Answer {
  readonly code: number
  readonly status: string
}

interface StartOptions {
  /** More of the flags of node. */
  readonly flags?: readonly string[]
  readonly stderr?: number | 'pipe'
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** A service in a process of its own, whose event loop can be blocked. */
export class ProbedService implements AsyncDisposable {
  readonly child: ChildProcess
  readonly #folder = new Folder()
  readonly #file = join(this.#folder.path, 'go-on')
  readonly #port: string
  /** What it has told its parent so far. */
  readonly messages: unknown[] = []
  output = ''
  errors = ''

  private constructor(
    port: string,
    flags: readonly string[],
    blockedFromStart: boolean,
    stderr: number | 'pipe',
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#port = port
    this.child = fork(FIXTURE, blockedFromStart ? [this.#file] : [], {
      execArgv: [...FLAGS, ...flags],
      env: { ...process.env, ...env, SIGHTLINE_HEALTH_PROBES_PORT: port },
      stdio: ['ignore', 'pipe', stderr, 'ipc'],
    })
    this.child.on('message', (message) => this.messages.push(message))
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
  }

  /** Starts it, up to where it answers. */
  static async start({ flags = [], stderr = 'pipe', env }: StartOptions = {}): Promise<ProbedService> {
    const service = new ProbedService(await freePort(), flags, false, stderr, env)
    await service.message((message) => String(message).startsWith('http://'))
    return service
  }

  /** Starts it blocked: its main module has not come to its end. */
  static async startBlocked(): Promise<ProbedService> {
    return new ProbedService(await freePort(), [], true, 'pipe')
  }

  /** The first message from now on that is the one. */
  async message(isWanted: (message: unknown) => boolean = () => true): Promise<unknown> {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    for (;;) {
      const [message] = (await once(this.child, 'message', { signal })) as [unknown]
      if (isWanted(message)) return message
    }
  }

  command(how: Command['how']): void {
    this.child.send({ how, file: this.#file } satisfies Command)
  }

  /** Waits until its checks have run, whoever asked. */
  hasAsked(): Promise<unknown> {
    return until('a check has run', async () => this.messages.find((message) => message === 'asked 1'))
  }

  /** Waits until its event loop is blocked. */
  isBlocked(): Promise<unknown> {
    return until('it is blocked', async () => existsSync(`${this.#file}.blocked`) || undefined)
  }

  /** Lets it go on that was blocked. */
  release(): void {
    writeFileSync(this.#file, '')
  }

  async ask(probe: 'live' | 'ready' | 'startup'): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/health/${probe}`)
    const { status } = (await response.json()) as { status: string }
    return { code: response.status, status }
  }

  /** Asks until the answer is this one. Nothing else tells when the thread has noticed. */
  async until(probe: 'live' | 'ready' | 'startup', status: string): Promise<Answer> {
    return until(`${probe} is ${status}`, async () => {
      const answer = await this.ask(probe).catch(() => undefined)
      return answer?.status === status ? answer : undefined
    })
  }

  /** The log record with this message, wherever it was written. */
  record(where: 'output' | 'errors', message: string): Promise<Record<string, unknown>> {
    return until(`${where} has ${message}`, async () => {
      const line = this[where]
        .split('\n')
        .find((each) => each.includes(`"msg":"${message}`) && each.endsWith('}'))
      return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    this.#folder[Symbol.dispose]()
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

/** Asks again and again until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + DEADLINE_MS
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
