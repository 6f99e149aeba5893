import type { Worker } from 'node:worker_threads'

import type { FromThread, Settled, ToThread } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { SupervisedThread } from './supervised-thread.ts'

/** What a thread tells besides the end of requests. */
export interface StoreThreadEvents {
  message(message: Exclude<FromThread, { kind: 'ready' }>): void
  /** A thread died. Its requests have been refused. */
  died(why: string): void
}

type Result = Extract<Settled, { result: unknown }>['result']
type Request = Extract<ToThread, { id: number }>
/** A request without its number. */
export type Unnumbered = Request extends infer Each
  ? Each extends Request
    ? Omit<Each, 'id'>
    : never
  : never

interface Pending {
  readonly bytes: number
  readonly resolve: (result: Result) => void
  readonly reject: (refusal: Refusal) => void
}

/** The speed of a thread before it is measured, in bytes per millisecond. */
const FIRST_SPEED = 8_000
/** Weight of the latest group in the measured speed. */
const LATEST = 0.2
const RETRY_AFTER = 1

/** A thread that stores, with the requests that it has not answered. */
export class StoreThread {
  readonly #events: StoreThreadEvents
  readonly #thread: SupervisedThread<ToThread, FromThread>
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #bytes = 0
  #speed = FIRST_SPEED

  /** @param startWhen The thread starts after this. Default: at once */
  constructor(start: () => Worker, events: StoreThreadEvents, startWhen?: Promise<void>) {
    this.#events = events
    this.#thread = new SupervisedThread<ToThread, FromThread>({
      start,
      startWhen,
      message: (message) => {
        if (message.kind !== 'ready') this.#received(message)
      },
      died: (why) => {
        this.#refuseAll('thread_failed', 'The thread that stores has failed and is started again.')
        events.died(why)
      },
    })
  }

  get ready(): Promise<void> {
    return this.#thread.ready
  }

  get isUp(): boolean {
    return this.#thread.isUp
  }

  get requests(): number {
    return this.#pending.size
  }

  /** Bytes of the requests that were not answered. */
  get bytes(): number {
    return this.#bytes
  }

  /** Milliseconds until a request would be stored, by the latest speed. */
  get waitMs(): number {
    return this.#bytes / this.#speed
  }

  /**
   * Sends a request.
   *
   * @throws {Refusal}
   */
  request(request: Unnumbered, bytes: number, transfer: readonly ArrayBuffer[]): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    if (!this.isUp) {
      reject(unavailable('thread_failed', 'The thread that stores is being started.'))
      return promise
    }
    const id = this.#nextId++
    this.#pending.set(id, { bytes, resolve, reject })
    this.#bytes += bytes
    this.#thread.send({ ...request, id }, transfer)
    return promise
  }

  /** Sends a message that has no answer. It is lost while the thread is started again. */
  tell(message: Extract<ToThread, { kind: 'samples' | 'deltas' }>): void {
    if (this.isUp) this.#thread.send(message)
  }

  /** Lets the thread store what it has, and end. */
  async close(deadlineMs: number): Promise<void> {
    await this.#thread.close({ kind: 'end' }, deadlineMs)
    this.#refuseAll('closing', 'The hub is stopping.')
  }

  #received(message: Exclude<FromThread, { kind: 'ready' }>): void {
    if (message.kind === 'settled') {
      const { bytes, busyMs, settled } = message
      if (bytes > 0 && busyMs > 0) this.#speed += LATEST * (bytes / busyMs - this.#speed)
      for (const each of settled) this.#settle(each)
    }
    this.#events.message(message)
  }

  #settle(settled: Settled): void {
    const pending = this.#pending.get(settled.id)
    if (pending === undefined) return
    this.#pending.delete(settled.id)
    this.#bytes -= pending.bytes
    if ('result' in settled) pending.resolve(settled.result)
    else pending.reject(new Refusal(settled.refusal))
  }

  #refuseAll(reason: 'thread_failed' | 'closing', message: string): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    this.#bytes = 0
    for (const { reject } of pending) reject(unavailable(reason, message))
  }
}

function unavailable(reason: 'thread_failed' | 'closing', message: string): Refusal {
  return new Refusal({ status: 503, reason, message, retryAfter: RETRY_AFTER })
}
