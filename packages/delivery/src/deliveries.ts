import { AsyncLocalStorage } from 'node:async_hooks'

import { CLOSE_MS, type Delivery } from './delivery.ts'
import type { Ledger } from './ledger.ts'
import type { DeliveryLog, DeliveryNotice, FaultReporter } from './notices.ts'
import { type DeliveryOptions, deliverySettings } from './options.ts'
import { QueuedDelivery } from './queued-delivery.ts'

export interface DeliveriesSetup {
  /** Receives notices for the operator: one when trouble or loss begins, one when it ends. */
  readonly log: DeliveryLog
  /** Receives faults of `encode`, `read` and the spool. */
  readonly fault: FaultReporter
  /** Runs a function without tracing or logging the requests that it sends. */
  readonly quietly?: <T>(fn: () => T) => T
}

/** The deliveries of one process, or of one part of it. */
export interface Deliveries {
  /**
   * Opens a delivery to a destination.
   *
   * @throws {TypeError} when an option is wrong: one sentence that says what is allowed
   */
  open(options: DeliveryOptions): Delivery
  /** The counts so far, one entry per destination and signal. */
  ledgers(): Ledger[]
  /** Flushes all deliveries in parallel. Resolves to whether everything was settled. */
  flush(deadlineMs?: number): Promise<boolean>
  /** Closes all deliveries in parallel. */
  close(deadlineMs?: number): Promise<void>
}

/**
 * Creates deliveries. None of them keeps the process alive. A process that ends by itself first flushes to
 * the destinations whose last attempt worked.
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

  // The event loop is empty. A delivery in trouble is not flushed: it would delay the exit for nothing.
  const beforeExit = () => {
    for (const delivery of opened) if (!delivery.isInTrouble) void delivery.flush(CLOSE_MS)
  }
  // The network is unavailable here: the spool saves the queue, or the items count as dropped.
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
