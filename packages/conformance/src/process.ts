import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { Adapter } from './app.ts'
import { DEADLINE_MS } from './client.ts'
import type { Line } from './kit.ts'
import type { ProgramOptions, Told } from './program.ts'

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url))

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A service in its own process. */
export class ServiceProcess implements AsyncDisposable {
  readonly child: ChildProcess
  /** The parsed lines of its standard output, unless the output is unread. */
  readonly lines: Line[] = []
  /** Its standard error so far. */
  errors = ''
  /** Its messages so far. */
  told: Told = {}
  readonly #exit: Promise<unknown[]>

  private constructor(child: ChildProcess) {
    this.child = child
    this.#exit = once(child, 'close')
    child.on('message', (told: Told) => (this.told = { ...this.told, ...told }))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
      process.stderr.write(text)
    })
  }

  /**
   * Starts the service of an adapter. Resolves when it serves, or when it waits for {@link
   * ServiceProcess.serve}.
   *
   * @param stdout a file descriptor to write to, or `unread`: a pipe without a reader
   */
  static async start(
    adapter: Adapter,
    options: ProgramOptions = {},
    stdout: 'read' | 'unread' | number = 'read',
  ): Promise<ServiceProcess> {
    // The child must not inherit the signs of a test runner, since it plays a service.
    const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
    const child = spawn(
      process.execPath,
      [
        '--experimental-strip-types',
        '--no-warnings',
        '--conditions=@sightline/source',
        PROGRAM,
        adapter.module,
        JSON.stringify(options),
      ],
      { env, stdio: ['ignore', typeof stdout === 'number' ? stdout : 'pipe', 'pipe', 'ipc'] },
    )
    const service = new ServiceProcess(child)
    if (stdout === 'read' && child.stdout) {
      createInterface(child.stdout).on('line', (line) => service.lines.push(JSON.parse(line) as Line))
    }
    await service.hasTold(({ handlers }) => handlers !== undefined)
    return service
  }

  get port(): number {
    return this.told.port ?? 0
  }

  /** Tells a waiting service to serve. */
  serve(): void {
    this.child.send('serve')
  }

  /** Waits for a message. */
  async hasTold(isTold: (told: Told) => boolean): Promise<void> {
    while (!isTold(this.told)) await once(this.child, 'message')
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Waits for the end of the process and of its output. */
  async exit(): Promise<Exit> {
    // Unread output would keep the pipe, and with it the child, open.
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    this.child.stdout?.resume()
    await this.#exit
    return { code: this.child.exitCode, signal: this.child.signalCode }
  }

  /** Waits for a line with this message. */
  async said(message: string): Promise<Line> {
    const deadline = performance.now() + DEADLINE_MS
    for (;;) {
      const line = this.lines.find(({ msg }) => msg === message)
      if (line) return line
      if (performance.now() > deadline) throw new Error(`the service has not said ${message}`)
      await once(this.child.stdout as NodeJS.ReadableStream, 'data')
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdout?.resume()
    this.child.kill('SIGKILL')
    await this.#exit
  }
}
