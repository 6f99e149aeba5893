import type { StoreModule } from '../store/store-module.ts'
import { PoolThread } from './pool-thread.ts'
import { canceledError, QueryError, queryErrorOf } from './query-error.ts'
import type { TaskName, TaskParams, TaskResult } from './tasks/tasks.ts'

/** Options of the query threads. */
export interface PoolOptions {
  readonly store: StoreModule
  /** Default: 2. */
  readonly threads?: number | undefined
  /** The threads start after this, or with the first queries. Default: at once. */
  readonly startWhen?: Promise<void> | undefined
  /** Most queries that wait for a thread. Further ones fail with status 503. Default: 64. */
  readonly queue?: number | undefined
  /** Milliseconds that a query may take beyond its time limit, before its thread is ended. Default: 5,000. */
  readonly graceMs?: number | undefined
  /** Samples that a PromQL query may have in memory. Default: 10,000,000. */
  readonly maxSamples?: number | undefined
  /** Megabytes of JavaScript memory of each thread. Default: 384. */
  readonly memoryMb?: number | undefined
}

/** How a task is run. */
export interface RunOptions {
  /** Milliseconds from the call on, waiting included. */
  readonly timeoutMs: number
  /** Aborted when the client no longer waits. */
  readonly signal?: AbortSignal | undefined
}

/** What a pool has done. */
export interface PoolState {
  readonly threads: number
  readonly running: number
  readonly waiting: number
  /** Queries that found no place in the queue. */
  readonly refused: number
  /** Threads that ended because of a query. */
  readonly stopped: number
}

interface Job {
  readonly id: number
  readonly name: TaskName
  readonly params: unknown
  readonly form: 'json' | 'value'
  /** In the time of `performance.now()`. */
  readonly deadline: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: QueryError) => void
  /** Set when the client has gone. */
  isCanceled: boolean
}

/** Threads that answer queries, one each at a time, in the order in which they came. */
export class QueryPool {
  readonly #start: () => PoolThread
  readonly #queue: number
  readonly #graceMs: number
  readonly #idle: PoolThread[] = []
  readonly #running = new Map<number, PoolThread>()
  readonly #threads: number
  #waiting: Job[] = []
  #nextId = 0
  #refused = 0
  #stopped = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    const {
      store,
      startWhen,
      threads = 2,
      queue = 64,
      graceMs = 5_000,
      maxSamples = 10_000_000,
      memoryMb = 384,
    } = options
    this.#start = () => new PoolThread({ store, maxSamples, memoryMb })
    this.#threads = threads
    this.#queue = queue
    this.#graceMs = graceMs
    if (startWhen === undefined) this.#fill()
    else void startWhen.then(() => this.#fill())
  }

  /** Runs a task. Rejects with a {@link QueryError}. */
  run<Name extends TaskName>(
    name: Name,
    params: TaskParams<Name>,
    options: RunOptions,
  ): Promise<TaskResult<Name>> {
    // A thread answers a task with the result of that task.
    return this.#enqueue(name, params, 'value', options) as Promise<TaskResult<Name>>
  }

  /** Runs a task, and resolves to its result as bytes of JSON. Rejects with a {@link QueryError}. */
  json<Name extends TaskName>(
    name: Name,
    params: TaskParams<Name>,
    options: RunOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    // A thread answers a task of this form with bytes.
    return this.#enqueue(name, params, 'json', options) as Promise<Uint8Array<ArrayBuffer>>
  }

  get state(): PoolState {
    return {
      threads: this.#threads,
      running: this.#running.size,
      waiting: this.#waiting.length,
      refused: this.#refused,
      stopped: this.#stopped,
    }
  }

  /** Ends the threads. Queries that run or wait fail with status 503. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const job of this.#waiting) job.reject(new QueryError('unavailable', 'The hub is stopping'))
    this.#waiting = []
    await Promise.all([...this.#idle, ...this.#running.values()].map(async (thread) => thread.close()))
  }

  async #enqueue(
    name: TaskName,
    params: unknown,
    form: Job['form'],
    { timeoutMs, signal }: RunOptions,
  ): Promise<unknown> {
    if (this.#isClosed) throw new QueryError('unavailable', 'The hub is stopping')
    if (signal?.aborted === true) throw canceledError()
    if (this.#waiting.length >= this.#queue) {
      this.#refused++
      throw new QueryError('unavailable', `The hub has ${this.#queue} queries waiting; try again later`)
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const deadline = performance.now() + timeoutMs
    const job: Job = { id: this.#nextId++, name, params, form, deadline, resolve, reject, isCanceled: false }
    const cancel = () => {
      job.isCanceled = true
      this.#waiting = this.#waiting.filter((each) => each !== job)
      this.#running.get(job.id)?.cancel(job.id)
      reject(canceledError())
    }
    signal?.addEventListener('abort', cancel, { once: true })
    this.#waiting.push(job)
    this.#dispatch()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  #fill(): void {
    if (this.#isClosed) return
    while (this.#idle.length + this.#running.size < this.#threads) this.#idle.push(this.#start())
  }

  #dispatch(): void {
    while (this.#running.size < this.#threads && !this.#isClosed) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      const timeMs = job.deadline - performance.now()
      if (timeMs <= 0) job.reject(new QueryError('timeout', 'query timed out in query queue'))
      else void this.#runJob(job, timeMs)
    }
  }

  /** Runs a job in an idle thread, or in a new one in place of one that has ended. */
  async #runJob({ id, name, params, form, resolve, reject }: Job, timeMs: number): Promise<void> {
    let thread = this.#idle.pop()
    while (thread?.isDead === true) thread = this.#idle.pop()
    thread ??= this.#start()
    this.#running.set(id, thread)
    try {
      resolve(await thread.run({ kind: 'task', id, name, params, timeMs, form }, timeMs + this.#graceMs))
    } catch (error) {
      reject(queryErrorOf(error))
    }
    this.#running.delete(id)
    if (thread.isDead) this.#stopped++
    else this.#idle.push(thread)
    this.#dispatch()
  }
}
