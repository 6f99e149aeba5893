import type { Ledger } from './ledger.ts'
import type { DeliveryLog, FaultReporter } from './notices.ts'

/** A queue to one destination. Each item is delivered, or counted as dropped with a reason. */
export interface Delivery {
  /** Queues an encoded item. Returns at once and never throws. The bytes are copied. */
  push(item: Uint8Array | string, options?: PushOptions): void
  /**
   * Sends the queue now, without waiting for full batches. Keeps the process alive until it resolves.
   *
   * @param deadlineMs Default: 2000
   * @returns whether everything was settled; `false` at the deadline, or earlier when the next attempt would
   * start after it
   */
  flush(deadlineMs?: number): Promise<boolean>
  /**
   * Flushes, aborts the in-flight requests at the deadline, and spools or drops the rest.
   *
   * @param deadlineMs Default: 2000
   */
  close(deadlineMs?: number): Promise<void>
  ledger(): Ledger
}

export interface PushOptions {
  /** The number of spans, records or points in the item. Default: 1. */
  readonly count?: number
  /** Valuable items, such as errors and slow requests, are dropped last. Default: false. */
  readonly valuable?: boolean
}

/** The dependencies that all deliveries of a process share. */
export interface Surroundings {
  readonly log: DeliveryLog
  readonly fault: FaultReporter
  /** Runs a function outside any request context, without tracing the requests that it sends. */
  quietly<T>(fn: () => T): T
}

/** Deadline of the final flush. It keeps the whole shutdown below 3 s. */
export const CLOSE_MS = 2_000
