import { isatty } from 'node:tty'
import { Worker } from 'node:worker_threads'

import type { FaultReporter } from '../seam.ts'
import { openOutput } from '../stdout/output.ts'

interface KillerData {
  /** Deadline of the process, in milliseconds since 1970, independent of the start time of the thread. */
  readonly at: number
  readonly deadlineMs: number
  /** The service named in the line, if no hook is running. */
  readonly service: string
  /** The running hook as JSON: the number of bytes, then the bytes from {@link TEXT_AT} on. */
  readonly memory: SharedArrayBuffer
  readonly textAt: number
  /** Descriptor for the line. `undefined`: no line is written. */
  readonly fd: number | undefined
}

const TEXT_AT = 4
/** Maximum length of a name. With every letter escaped, two names fit into the memory. */
const MAX_NAME = 100
const MEMORY_BYTES = 2_048

// A process is killed once, even with several services.
const memory = new SharedArrayBuffer(MEMORY_BYTES)
const running: string[] = []

/** Records a running hook, for a process that hangs in it. Returns a function that ends the record. */
export function noteHook(service: string, hook: string): () => void {
  const text = JSON.stringify({ service: service.slice(0, MAX_NAME), hook: hook.slice(0, MAX_NAME) })
  running.push(text)
  showRunning()
  return () => {
    running.splice(running.lastIndexOf(text), 1)
    showRunning()
  }
}

/** The hook that started last is the one that blocks the process. */
function showRunning(): void {
  const length = new Int32Array(memory, 0, 1)
  Atomics.store(length, 0, 0)
  Atomics.store(length, 0, Buffer.from(memory).write(running.at(-1) ?? '', TEXT_AT))
}

/**
 * Kills the process at its deadline, even if its event loop hangs. A thread waits for the deadline, and names
 * the blocking hook on standard error. Never throws.
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
    // Not the options and environment of the process: they could preload modules a second time.
    const options = { workerData, execArgv: [], env: {}, name: 'sightline deadline' }
    const worker = new Worker(`(${killerThread.toString()})()`, { eval: true, ...options })
    worker.on('error', killWithoutThread)
    worker.unref()
  } catch (error) {
    killWithoutThread(error)
  }
}

/** Standard error, unless a write could block: a stopped terminal would also block the killer. */
function outputWithoutWaiting(): number | undefined {
  const { fd } = openOutput(2)
  return fd === 2 && isatty(2) ? undefined : fd
}

/**
 * Runs as text, so it must not use any outer name. Bundlers that target an older JavaScript replace object
 * spread with an outer function of their own.
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
        // Standard error has no reader.
      }
      process.kill(process.pid, 'SIGKILL')
    },
  }
  setTimeout(() => killer.end(), data.at - Date.now())
}
