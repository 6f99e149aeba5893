import type { FromThread, Settled, StoredCount } from '../protocol.ts'
import type { PlainRefusal } from '../refusal.ts'
import { refusalFor } from './failures.ts'

/** What a group commits to. */
export interface GroupTarget {
  /** Makes durable what was written since the last commit. */
  commit(): void
  /** Forgets what was written since the last commit. */
  rollback(): void
  /** Sends a message to the main thread. */
  send(message: FromThread, transfer?: readonly ArrayBuffer[]): void
}

export interface GroupLimits {
  /** Bytes of bodies. Default: 4 MB. */
  readonly maxBytes?: number
  /** Milliseconds from the first item to the commit. Default: 50. */
  readonly maxAgeMs?: number
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number
}

/** An item that is written, but not durable. */
export interface Written {
  readonly id: number
  readonly result: Extract<Settled, { result: unknown }>['result']
  /** As received. */
  readonly bytes: number
  readonly counts: readonly StoredCount[]
}

/** Commits take at most this part of the time while requests trickle in, so that small groups do not cost more than their data. */
const COMMIT_SHARE = 1 / 4

/**
 * Collects requests, commits them together, and acknowledges them after the commit. A lone request is committed at once;
 * under load, groups grow up to the limits.
 */
export class GroupCommit {
  readonly #target: GroupTarget
  readonly #maxBytes: number
  readonly #maxAgeMs: number
  readonly #now: () => number
  #waiting: Written[] = []
  #bytes = 0
  /** Whether something was written that no request waits for. */
  #isDirty = false
  #openedAt = 0
  /** When the queue was last taken up again, for the measure of the thread's speed. */
  #busySince = 0
  #nextCommitAt = 0
  #isFailing = false

  constructor(
    target: GroupTarget,
    { maxBytes = 4_000_000, maxAgeMs = 50, now = () => performance.now() }: GroupLimits = {},
  ) {
    this.#target = target
    this.#maxBytes = maxBytes
    this.#maxAgeMs = maxAgeMs
    this.#now = now
  }

  /** Begins the measure of the time that the next requests take. */
  begin(): void {
    this.#busySince = this.#now()
  }

  add(written: Written): void {
    this.touch()
    this.#waiting.push(written)
    this.#bytes += written.bytes
  }

  /** Notes that something was written that no request waits for. */
  touch(): void {
    if (!this.#isDirty) this.#openedAt = this.#now()
    this.#isDirty = true
  }

  /** Answers a request that was not written. */
  refuse(id: number, refusal: PlainRefusal): void {
    this.#target.send({ kind: 'settled', settled: [{ id, refusal }], counts: [], bytes: 0, busyMs: 0 })
  }

  /** Milliseconds until the commit is due, if no more requests come. `undefined`: there is nothing to commit. */
  dueMs(isQueueEmpty: boolean): number | undefined {
    if (!this.#isDirty) return undefined
    const now = this.#now()
    const atLatest = this.#openedAt + this.#maxAgeMs
    if (this.#bytes >= this.#maxBytes || now >= atLatest) return 0
    return Math.max(0, (isQueueEmpty ? Math.min(atLatest, this.#nextCommitAt) : atLatest) - now)
  }

  /** Commits, and answers all requests that wait for it. Returns whether all that was written is durable. */
  commit(): boolean {
    if (!this.#isDirty) return true
    const begun = this.#now()
    try {
      this.#target.commit()
    } catch (error) {
      this.fail(error)
      return false
    }
    const now = this.#now()
    this.#nextCommitAt = now + (now - begun) * (1 / COMMIT_SHARE - 1)
    if (this.#isFailing)
      this.#target.send({ kind: 'notice', level: 'info', message: 'The hub can store again.' })
    this.#isFailing = false
    const settled: Settled[] = []
    const counts: StoredCount[] = []
    const transfer: ArrayBuffer[] = []
    for (const { id, result, counts: own } of this.#waiting) {
      settled.push({ id, result })
      counts.push(...own)
      if ('body' in result && result.body !== undefined) transfer.push(result.body.buffer)
    }
    this.#target.send(
      { kind: 'settled', settled, counts, bytes: this.#bytes, busyMs: now - this.#busySince },
      transfer,
    )
    this.#reset(now)
    return true
  }

  /** Gives up what was written since the last commit: the clients send it again. */
  fail(error: unknown): void {
    const refusal = refusalFor(error)
    if (!this.#isFailing) {
      const message = `${refusal.message} ${error instanceof Error ? error.message : String(error)}`
      this.#target.send({ kind: 'notice', level: 'error', message })
    }
    this.#isFailing = true
    this.#target.rollback()
    const retried = { ...refusal, status: 503, retryAfter: refusal.retryAfter ?? 1 } as const
    const settled = this.#waiting.map(({ id }) => ({ id, refusal: retried }))
    if (settled.length > 0) this.#target.send({ kind: 'settled', settled, counts: [], bytes: 0, busyMs: 0 })
    this.#reset(this.#now())
  }

  #reset(now: number): void {
    this.#waiting = []
    this.#bytes = 0
    this.#isDirty = false
    this.#busySince = now
  }
}
