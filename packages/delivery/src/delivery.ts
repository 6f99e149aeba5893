import type { Ledger } from './ledger.ts'
import type { DeliveryLog, FaultReporter } from './notices.ts'

/** One way to one destination. What is pushed is delivered, or counted as dropped with the reason. */
export interface Delivery {
  /** Hands an item over, already encoded. Returns at once and never throws; the bytes are copied. */
  push(item: Uint8Array | string, options?: PushOptions): void
  /**
   * Sends what waits, without waiting for more. Keeps the process alive until then.
   *
   * @param deadlineMs Default: 2000
   * @returns whether all of it was settled; `false` at the deadline, or as soon as no attempt would be in time
   */
  flush(deadlineMs?: number): Promise<boolean>
  /**
   * Flushes, aborts what is under way at the deadline, and counts or spools what is left.
   *
   * @param deadlineMs Default: 2000
   */
  close(deadlineMs?: number): Promise<void>
  ledger(): Ledger
}

export interface PushOptions {
  /** For how many spans, records or points it stands. Default: 1. */
  readonly count?: number
  /** Whether it is among the last to be dropped, such as an error or a slow request. Default: false. */
  readonly valuable?: boolean
}

/** What the deliveries of a process have in common. */
export interface Surroundings {
  readonly log: DeliveryLog
  readonly fault: FaultReporter
  /** Runs a function outside of any request, and so that nobody makes spans about what it sends. */
  quietly<T>(fn: () => T): T
}

/** How long the end of a process waits for deliveries. With what else an end takes, it stays below 3 s. */
export const CLOSE_MS = 2_000
