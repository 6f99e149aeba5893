/** Processes that write log lines, and what their standard output can be. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A line as it was written, read. */
export type Line = Record<string, unknown>

/** How to start a fixture: the arguments of the node that runs it. */
export function argumentsFor(
  fixture: 'writer' | 'logging-service' | 'crashing-request',
  ...args: readonly string[]
): string[] {
  const file = fileURLToPath(new URL(`fixtures/${fixture}.ts`, import.meta.url))
  return ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', file, ...args]
}

/** A process of a fixture, and what it writes to standard error. */
export class LoggingProcess implements AsyncDisposable {
  readonly child: ChildProcess
  complaints = ''
  readonly #closed: Promise<unknown>

  /** @param stdout a file descriptor; `pipe`: a socket, which is what node gives its children */
  constructor(args: readonly string[], stdout: number | 'pipe' = 'pipe') {
    this.child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe', 'ipc'] })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.complaints += text))
    this.#closed = once(this.child, 'close')
  }

  get stdout(): Socket {
    return this.child.stdout as Socket
  }

  /** The first message: that all is written, or the port of a service. Rejects where the process ends without one. */
  async message(): Promise<unknown> {
    const end = new AbortController()
    const message = once(this.child, 'message', { signal: end.signal })
    this.child.once('exit', () => end.abort(new Error(`it has ended: ${this.complaints}`)))
    const [first] = await message
    return first
  }

  /** How the process ended, without waiting for unread output. */
  async exit() {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    const { exitCode: code, signalCode: signal } = this.child
    return { code, signal }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    this.child.stdout?.resume()
    await this.#closed
  }
}

/** Asks a service; resolves with its answer. */
export class Client implements Disposable {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async get(path: string): Promise<string> {
    const sent = request({ port: this.#port, host: '127.0.0.1', path, agent: this.#agent }).end()
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    return textOf(response)
  }

  /** The ledger of the lines, as a scrape shows it. */
  async ledger() {
    const text = await this.get('/metrics')
    const value = (series: string) => {
      const line = text.split('\n').find((each) => each.startsWith(`sightline_log_lines_${series} `))
      if (line === undefined) throw new Error(`the scrape does not show ${series}`)
      return Number(line.slice(line.lastIndexOf(' ')))
    }
    return {
      produced: value('total'),
      written: value('written_total'),
      slow: value('dropped_total{reason="slow_reader"}'),
      gone: value('dropped_total{reason="no_reader"}'),
      failed: value('dropped_total{reason="write_error"}'),
      waiting: value('waiting'),
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

/** A folder that goes away with the test. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sightline-'))

  /** Makes a named pipe. */
  fifo(): Fifo {
    return new Fifo(join(this.path, 'fifo'))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A pipe with a name: what a shell puts between programs, which node itself cannot make. */
class Fifo implements Disposable {
  readonly #path: string
  readonly #readers: Socket[] = []
  readonly #writers: number[] = []

  constructor(path: string) {
    this.#path = path
    execFileSync('mkfifo', [path])
  }

  /** Opens the reading end. The data stays unread until the stream is read. */
  reader(): Socket {
    const reader = new Socket({ fd: openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK) })
    this.#readers.push(reader)
    return reader
  }

  /** Opens the end that is written, for a child. There has to be a reader. */
  writer(): number {
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK)
    this.#writers.push(fd)
    return fd
  }

  /** Fills it, and opens the end that is written in the way that shells do: a write waits for a reader. */
  fullWriter(): number {
    const filler = this.writer()
    try {
      for (;;) writeSync(filler, '\n'.repeat(4_096))
    } catch {
      // Now nothing more goes in.
    }
    const fd = openSync(this.#path, constants.O_WRONLY)
    this.#writers.push(fd)
    return fd
  }

  /** Lets go of the ends that children have got: a reader comes to an end when they do. */
  release(): void {
    for (const fd of this.#writers.splice(0)) closeSync(fd)
  }

  [Symbol.dispose](): void {
    this.release()
    for (const reader of this.#readers) reader.destroy()
  }
}

/** Everything that a stream holds. */
export async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString()
}

/** The lines of a text. Throws where one is cut or glued to another. */
export function linesOf(text: string): Line[] {
  if (!text.endsWith('\n')) throw new Error(`the last line is cut: …${text.slice(-80)}`)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}
