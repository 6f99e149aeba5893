import type { Worker } from 'node:worker_threads'

/** What a supervisor is told of its thread. */
export interface ThreadEvents<Out> {
  message(message: Out): void
  /** The thread has ended, without having been asked. A new one follows. */
  died(why: string): void
}

export interface SupervisedOptions<Out> extends ThreadEvents<Out> {
  /** Starts a thread. It must send a message of the kind `ready`. */
  readonly start: () => Worker
  /** The first start waits for this. Default: at once. */
  readonly startWhen?: Promise<void> | undefined
}

/** Milliseconds before a thread is started again: doubled with each death in a row. */
const FIRST_DELAY_MS = 50
const LONGEST_DELAY_MS = 10_000
/** A thread that has lived this long has not died in a row. */
const STABLE_MS = 60_000

/** A thread that is replaced when it dies. */
export class SupervisedThread<In, Out extends { readonly kind: string }> {
  readonly #options: SupervisedOptions<Out>
  readonly #ready = Promise.withResolvers<void>()
  #worker: Worker | undefined
  #isUp = false
  #isClosing = false
  #deaths = 0
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined
  #ended = Promise.withResolvers<void>()

  constructor(options: SupervisedOptions<Out>) {
    this.#options = options
    // Those who do not wait for it are told by `died`.
    this.#ready.promise.catch(() => undefined)
    if (options.startWhen === undefined) this.#worker = this.#start()
    else
      void options.startWhen.then(() => {
        if (!this.#isClosing) this.#worker = this.#start()
      })
  }

  /** Resolves when the first thread can take messages. Rejects when it cannot start. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Whether a thread can take messages now. */
  get isUp(): boolean {
    return this.#isUp && !this.#isClosing
  }

  send(message: In, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer)
  }

  /** Sends a last message, and waits for the end of the thread. It is ended by force at the deadline. */
  async close(last: In, deadlineMs: number): Promise<void> {
    if (this.#isClosing) return this.#ended.promise
    this.#isClosing = true
    clearTimeout(this.#timer)
    if (!this.#isUp) {
      await this.#worker?.terminate()
      return
    }
    this.send(last)
    const deadline = setTimeout(() => void this.#worker?.terminate(), deadlineMs)
    await this.#ended.promise
    clearTimeout(deadline)
  }

  #start(): Worker {
    const worker = this.#options.start()
    let why = 'it ended'
    this.#startedAt = performance.now()
    worker.on('message', (message: Out) => {
      if (message.kind === 'ready') {
        this.#isUp = true
        this.#ready.resolve()
      } else this.#options.message(message)
    })
    worker.on('error', (error: unknown) => {
      why = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => this.#exited(why))
    return worker
  }

  #exited(why: string): void {
    const wasReady = this.#isUp
    this.#isUp = false
    if (this.#isClosing) return this.#ended.resolve()
    this.#ready.reject(new Error(why))
    this.#options.died(why)
    const isStable = wasReady && performance.now() - this.#startedAt >= STABLE_MS
    this.#deaths = isStable ? 1 : this.#deaths + 1
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#deaths - 1))
    this.#timer = setTimeout(() => {
      this.#worker = this.#start()
    }, delayMs)
  }
}
