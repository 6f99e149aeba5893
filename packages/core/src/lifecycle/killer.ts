import { isatty } from 'node:tty'
import { Worker } from 'node:worker_threads'

import type { FaultReporter } from '../fault.ts'
import { openOutput } from '../log/output.ts'

/** What the thread starts with. */
interface KillerData {
  /** When the process has to be gone, in milliseconds since 1970: it does not matter how long the thread takes to start. */
  readonly at: number
  readonly deadlineMs: number
  /** Of the line that is written where no hook runs. */
  readonly service: string
  /** What runs, as JSON: how many bytes that is, and from {@link TEXT_AT} on the bytes. */
  readonly memory: SharedArrayBuffer
  readonly textAt: number
  /** Where the line is written; `undefined`: nowhere. */
  readonly fd: number | undefined
}

const TEXT_AT = 4
/** Of a name no more is told: with every letter escaped two of them are shorter than the memory. */
const MAX_NAME = 100
const MEMORY_BYTES = 2_048

// A process is killed once, however many services live in it.
const memory = new SharedArrayBuffer(MEMORY_BYTES)
const running: string[] = []

/** Notes that a hook runs, for a process that never gets to tell. Returns what notes that it runs no more. */
export function noteHook(service: string, hook: string): () => void {
  const text = JSON.stringify({ service: service.slice(0, MAX_NAME), hook: hook.slice(0, MAX_NAME) })
  running.push(text)
  showRunning()
  return () => {
    running.splice(running.lastIndexOf(text), 1)
    showRunning()
  }
}

/** What began last is what holds the process. */
function showRunning(): void {
  const length = new Int32Array(memory, 0, 1)
  Atomics.store(length, 0, 0)
  Atomics.store(length, 0, Buffer.from(memory).write(running.at(-1) ?? '', TEXT_AT))
}

/**
 * Kills the process when its time is over, also where its event loop hangs: a thread of its own waits for that, and tells
 * on standard error what has held the process. Never throws.
 */
export function killAfter(ms: number, service: string, fault: FaultReporter): void {
  const at = Date.now() + ms
  const killWithoutThread = (error: unknown) => {
    fault('the thread of the deadline', error)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), at - Date.now()).unref()
  }
  const workerData: KillerData = {
    at,
    deadlineMs: ms,
    service,
    memory,
    textAt: TEXT_AT,
    fd: outputWithoutWaiting(),
  }
  try {
    // Without the options and the environment of the process: they could load something else first, or a second time.
    const options = { workerData, execArgv: [], env: {}, name: 'sightline deadline' }
    const worker = new Worker(`(${killerThread.toString()})()`, { eval: true, ...options })
    worker.on('error', killWithoutThread)
    worker.unref()
  } catch (error) {
    killWithoutThread(error)
  }
}

/** Standard error, unless a write may wait for its reader: a terminal that has been stopped would stop the killer too. */
function outputWithoutWaiting(): number | undefined {
  const { fd } = openOutput(2)
  return fd === 2 && isatty(2) ? undefined : fd
}

/**
 * Runs as text: it may use nothing that is outside of it. Bundlers that compile for an older JavaScript replace object
 * spread by a function of their own, which is outside too.
 */
function killerThread(): void {
  const { writeSync } = process.getBuiltinModule('node:fs')
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const data = workerData as KillerData

  const killer = {
    line(): string {
      const length = Atomics.load(new Int32Array(data.memory, 0, 1), 0)
      const text = Buffer.from(data.memory).toString('utf8', data.textAt, data.textAt + length)
      const noted = length > 0 ? (JSON.parse(text) as object) : { service: data.service }
      const head = { level: 'error', time: new Date().toISOString() }
      const tail = {
        deadline_ms: data.deadlineMs,
        msg:
          length > 0
            ? 'killed at the deadline: this shutdown hook was still running'
            : 'killed at the deadline: the process had not ended',
      }
      return `${JSON.stringify(Object.assign(head, noted, tail))}\n`
    },

    end(): void {
      try {
        if (data.fd !== undefined) writeSync(data.fd, killer.line())
      } catch {
        // Nobody reads it.
      }
      process.kill(process.pid, 'SIGKILL')
    },
  }
  setTimeout(() => killer.end(), data.at - Date.now())
}
