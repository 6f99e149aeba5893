import { performance } from 'node:perf_hooks'

import { attempt, type AttemptSetup } from './attempt.ts'
import { Connections } from './connections.ts'
import { CLOSE_MS, type Delivery, type PushOptions, type Surroundings } from './delivery.ts'
import { Flushes } from './flushes.ts'
import { type Ledger, Tally } from './ledger.ts'
import { createNotices, type Notices } from './notices.ts'
import type { DeliverySettings } from './options.ts'
import { Pace } from './pace.ts'
import type { Parcel } from './parcel.ts'
import { Queue } from './queue.ts'
import { createStore, type Store } from './store.ts'
import type { Verdict } from './verdict.ts'

const NOTHING_SPECIAL: PushOptions = {}

/** A request in flight. */
interface Sending {
  readonly parcels: readonly Parcel[]
  readonly abort: AbortController
}

/** Connects a queue to a destination: schedules the requests, and keeps the counts. */
export class QueuedDelivery implements Delivery {
  readonly #settings: DeliverySettings
  readonly #surroundings: Surroundings
  readonly #queue: Queue
  readonly #pace: Pace
  readonly #tally = new Tally()
  readonly #connections: Connections
  readonly #attempts: AttemptSetup
  readonly #notices: Notices
  readonly #store: Store | undefined
  readonly #sendings = new Set<Sending>()
  readonly #flushes = new Flushes()
  #timer: NodeJS.Timeout | undefined = undefined
  /** Whether the next `push` may need to start a request. `false`: a timer or a response does it. */
  #watches = true
  #closing: Promise<void> | undefined = undefined
  #hasEnded = false

  constructor(settings: DeliverySettings, surroundings: Surroundings) {
    this.#settings = settings
    this.#surroundings = surroundings
    this.#pace = new Pace(settings)
    this.#connections = new Connections(settings.tls)
    this.#attempts = {
      settings,
      connections: this.#connections,
      fault: surroundings.fault,
      load: async (parcels) => this.#store?.load(parcels),
    }
    this.#notices = createNotices(settings, surroundings.log)
    this.#queue = new Queue(settings, {
      overflowed: (parcel) => this.#overflowed(parcel),
      halved: (parcel) => this.#store?.remove(parcel),
    })
    this.#store = createStore(settings, this.#queue, {
      fault: surroundings.fault,
      overflowed: (parcel) => this.#overflowed(parcel),
      lost: (count) => this.#dropped(count, 'damaged'),
      adopted: (count) => {
        this.#tally.produced += count
        this.#flushes.include(count)
        this.#wake()
      },
    })
  }

  push(item: Uint8Array | string, { count = 1, valuable = false }: PushOptions = NOTHING_SPECIAL): void {
    this.#tally.produced += count
    if (this.#closing !== undefined) return this.#dropped(count, 'shutdown')
    const size = typeof item === 'string' ? Buffer.byteLength(item) : item.length
    if (!this.#queue.takes(size)) return this.#dropped(count, 'too_large')
    if (!this.#queue.push(item, size, count, valuable)) return this.#dropped(count, 'overflow')
    if (this.#watches && (this.#timer === undefined || this.#queue.hasBatch)) {
      // Detaches the request from the context that triggered it, which it would otherwise keep in memory.
      this.#surroundings.quietly(() => this.#wake())
    }
  }

  flush(deadlineMs: number = CLOSE_MS): Promise<boolean> {
    const isEmpty = this.#queue.count === 0 && this.#store?.isAdopting !== true
    if (this.#hasEnded || isEmpty) return Promise.resolve(isEmpty)
    return this.#surroundings.quietly(() => {
      const flushed = this.#flushes.begin(this.#tally.produced, deadlineMs)
      this.#pace.hurry()
      this.#wake()
      return flushed
    })
  }

  close(deadlineMs: number = CLOSE_MS): Promise<void> {
    this.#closing ??= this.flush(deadlineMs).then(() => this.end())
    return this.#closing
  }

  /** Ends at once: spools or drops all queued items. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#closing ??= Promise.resolve()
    clearTimeout(this.#timer)
    for (const { abort } of this.#sendings) abort.abort()
    this.#sendings.clear()
    this.#queue.sealOpenedBefore(Number.POSITIVE_INFINITY)
    const before = this.#tally.settled
    for (const parcel of Array.from(this.#queue.parcels())) {
      if (this.#store?.keep(parcel) === true) continue
      this.#queue.release(parcel)
      this.#tally.drop(parcel.count, 'shutdown')
    }
    this.#store?.close()
    this.#connections.close()
    this.#notices.closed(this.#tally.settled - before, this.#queue.count)
    this.#flushes.end()
  }

  ledger(): Ledger {
    const { destination, signal } = this.#settings
    const { produced, delivered, dropped } = this.#tally
    const { count: queued, bytes: queuedBytes } = this.#queue
    return { destination, signal, produced, delivered, dropped: { ...dropped }, queued, queuedBytes }
  }

  /** Whether the last attempt failed. */
  get isInTrouble(): boolean {
    return this.#pace.failures > 0
  }

  /** While a destination is in trouble, one small request at a time probes it. */
  get #isFree(): boolean {
    return this.#sendings.size < (this.isInTrouble ? 1 : this.#settings.requests)
  }

  /** When the queue should be sent. `Infinity` when it is empty. */
  get #dueAt(): number {
    const { dueAt, hasBatch } = this.#queue
    return Number.isFinite(dueAt) && (hasBatch || this.#flushes.areWanted) ? 0 : dueAt
  }

  /** Starts the requests that are due, and sets the timer for the next one. */
  #wake(): void {
    if (this.#hasEnded) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const now = performance.now()
    const next = () => Math.max(this.#dueAt, this.#pace.notBefore)
    while (this.#isFree && next() <= now) {
      const { batchBytes } = this.#pace
      const bytes = this.isInTrouble ? Math.min(batchBytes, this.#queue.blockBytes) : batchBytes
      void this.#send(this.#queue.take(bytes))
    }
    if (this.#isFree && Number.isFinite(next())) {
      this.#timer = setTimeout(() => this.#wake(), Math.max(1, next() - now)).unref()
    }
    this.#watches = this.#isFree && (this.#timer === undefined || this.#pace.notBefore <= now)
    // The spool of an earlier run may still add items: they belong to the flush.
    if (this.#store?.isAdopting !== true) {
      const isIdle = this.#sendings.size === 0
      this.#flushes.review(this.#tally.settled, isIdle ? this.#pace.notBefore : now)
    }
  }

  async #send(parcels: readonly Parcel[]): Promise<void> {
    const sending: Sending = { parcels, abort: new AbortController() }
    this.#sendings.add(sending)
    const startedAt = performance.now()
    const verdict = await attempt(parcels, this.#attempts, sending.abort.signal)
    // `end()` has already counted this request.
    if (!this.#sendings.delete(sending)) return
    this.#settle(parcels, verdict, startedAt)
    this.#wake()
  }

  #settle(parcels: readonly Parcel[], verdict: Verdict, startedAt: number): void {
    const now = performance.now()
    const total = (of: (parcel: Parcel) => number) => parcels.reduce((sum, parcel) => sum + of(parcel), 0)
    switch (verdict.kind) {
      case 'delivered':
        this.#pace.succeeded()
        this.#release(parcels)
        this.#tally.delivered += total(({ count }) => count) - verdict.rejected
        this.#notices.delivered()
        this.#dropped(verdict.rejected, 'rejected', verdict.reason)
        break
      case 'retry':
        this.#pace.failed(now, startedAt, verdict.afterMs)
        this.#queue.restore(parcels)
        this.#connections.refresh()
        this.#notices.failed(verdict.why, this.#pace.failures)
        break
      case 'split':
        this.#pace.refused(
          now,
          total(({ size }) => size),
        )
        if (total(({ length }) => length) === 1) this.#drop(parcels, 'too_large')
        else this.#queue.restore(parcels)
        break
      case 'drop':
        this.#drop(parcels, verdict.reason, verdict.why)
        break
    }
  }

  #drop(parcels: readonly Parcel[], reason: string, why?: string): void {
    this.#release(parcels)
    for (const { count } of parcels) this.#dropped(count, reason, why)
  }

  #release(parcels: readonly Parcel[]): void {
    for (const parcel of parcels) {
      this.#queue.release(parcel)
      this.#store?.remove(parcel)
    }
  }

  #overflowed(parcel: Parcel): void {
    this.#store?.remove(parcel)
    this.#dropped(parcel.count, 'overflow')
  }

  /** Counts and reports dropped items. */
  #dropped(count: number, reason: string, why?: string): void {
    if (count <= 0) return
    this.#tally.drop(count, reason)
    this.#notices.dropped(count, reason, why)
  }
}
