import { AsyncLocalStorage } from 'node:async_hooks'

import { CLOSE_MS, type Delivery } from './delivery.ts'
import type { Ledger } from './ledger.ts'
import type { DeliveryLog, DeliveryNotice, FaultReporter } from './notices.ts'
import { type DeliveryOptions, deliverySettings } from './options.ts'
import { QueuedDelivery } from './queued-delivery.ts'

export interface DeliveriesSetup {
  /** Takes what the operator should read: each begin and end of trouble and loss, once. */
  readonly log: DeliveryLog
  /** Takes faults of an `encode`, a `read` or a spool. */
  readonly fault: FaultReporter
  /** Runs a function so that nobody makes spans or log lines about the requests in it. */
  readonly quietly?: <T>(fn: () => T) => T
}

/** The deliveries of one process, or of one part of it. */
export interface Deliveries {
  /**
   * Opens a way to a destination.
   *
   * @throws {TypeError} where an option is wrong: one sentence that says what is allowed
   */
  open(options: DeliveryOptions): Delivery
  /** What has become of everything so far, one entry for each destination and signal. */
  ledgers(): Ledger[]
  /** Flushes all at the same time. Resolves to whether everything was settled. */
  flush(deadlineMs?: number): Promise<boolean>
  /** Closes all at the same time. */
  close(deadlineMs?: number): Promise<void>
}

/**
 * Makes deliveries. None of them keeps the process alive; one that ends by itself is made to wait for
 * what its destinations still take, unless they were failing already.
 */
export function createDeliveries({ log, fault, quietly = (fn) => fn() }: DeliveriesSetup): Deliveries {
  const opened: QueuedDelivery[] = []
  const outside = AsyncLocalStorage.snapshot()
  const surroundings = {
    log: (notice: DeliveryNotice) => {
      try {
        log(notice)
      } catch (error) {
        fault('the log of deliveries', error)
      }
    },
    fault,
    quietly: <T>(fn: () => T): T => outside(() => quietly(fn)),
  }
  let isClosed = false

  // Nothing else is left to do. Nobody is waited for who did not take anything a moment ago.
  const beforeExit = () => {
    for (const delivery of opened) if (!delivery.isInTrouble) void delivery.flush(CLOSE_MS)
  }
  // Nothing can be sent any more: what a spool takes is saved, the rest is counted.
  const exit = () => {
    for (const delivery of opened) delivery.end()
  }
  function listen(): void {
    process.once('beforeExit', beforeExit)
    process.once('exit', exit)
  }
  function unlisten(): void {
    process.off('beforeExit', beforeExit)
    process.off('exit', exit)
  }

  const ledgers = () => opened.map((delivery) => delivery.ledger())
  return {
    open(options) {
      if (isClosed) throw new Error('Sightline: this is closed: no delivery can be opened any more')
      const settings = deliverySettings(options)
      const delivery = surroundings.quietly(() => new QueuedDelivery(settings, surroundings))
      if (opened.length === 0) listen()
      opened.push(delivery)
      return delivery
    },
    ledgers,
    async flush(deadlineMs) {
      const flushed = await Promise.all(opened.map((delivery) => delivery.flush(deadlineMs)))
      return flushed.every(Boolean)
    },
    async close(deadlineMs) {
      isClosed = true
      await Promise.all(opened.map((delivery) => delivery.close(deadlineMs)))
      unlisten()
    },
  }
}
