import { Worker } from 'node:worker_threads'

import { moduleUrl, THREAD_ARGUMENTS, threadEnvironment } from '../modules.ts'
import type { Request, Response, ThreadConfig } from './protocol.ts'
import { QueryError } from './query-error.ts'

/** Options of a thread. */
export interface PoolThreadOptions extends ThreadConfig {
  /** Megabytes of JavaScript memory. A query that needs more fails and ends its thread. */
  readonly memoryMb: number
}

type TaskRequest = Extract<Request, { kind: 'task' }>

/** A query thread, as the main thread sees it. It does one task at a time, and is dead after a task that it could not end. */
export class PoolThread {
  readonly #worker: Worker
  #current:
    | {
        readonly id: number
        readonly resolve: (result: unknown) => void
        readonly reject: (error: QueryError) => void
      }
    | undefined
  #isDead = false

  constructor({ memoryMb, ...workerData }: PoolThreadOptions) {
    this.#worker = new Worker(moduleUrl('query/query-thread'), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: [...THREAD_ARGUMENTS],
      env: threadEnvironment(),
    })
    this.#worker.unref()
    this.#worker.on('message', (response: Response) => this.#settle(response))
    this.#worker.on('error', (error: Error & { code?: string }) => {
      this.#die(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new QueryError('execution', `The query needs more than ${memoryMb} MB of memory`)
          : new QueryError('internal', `The query thread failed: ${error.message}`),
      )
    })
    this.#worker.on('exit', () => this.#die(new QueryError('unavailable', 'The query thread has ended')))
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Runs a task. After `hardMs` milliseconds the thread is ended, and the task fails with status 504. */
  async run(request: TaskRequest, hardMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#current = { id: request.id, resolve, reject }
    const timer = setTimeout(() => {
      this.#die(new QueryError('timeout', 'The query took too long and was stopped', 504))
      void this.#worker.terminate()
    }, hardMs)
    timer.unref()
    try {
      this.#send(request)
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Asks a task to end. It may take a while, because the thread may be busy. */
  cancel(id: number): void {
    if (this.#current?.id === id) this.#send({ kind: 'cancel', id })
  }

  async close(): Promise<void> {
    this.#die(new QueryError('unavailable', 'The hub is stopping'))
    await this.#worker.terminate()
  }

  #send(request: Request): void {
    this.#worker.postMessage(request, [])
  }

  #settle(response: Response): void {
    const current = this.#current
    if (current?.id !== response.id) return
    this.#current = undefined
    if (response.kind === 'result') current.resolve(response.result)
    else current.reject(new QueryError(response.errorType, response.message, response.status))
  }

  #die(error: QueryError): void {
    this.#isDead = true
    this.#current?.reject(error)
    this.#current = undefined
  }
}
