import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

import type { FaultReporter } from './notices.ts'
import type { DeliverySettings } from './options.ts'
import type { Parcel } from './parcel.ts'
import type { Queue } from './queue.ts'
import { createSpool, type Spool } from './spool.ts'

/** Keeps the long-waiting parcels of a queue on disk. */
export interface Store {
  /** Whether the search for files of dead processes is still running. */
  readonly isAdopting: boolean
  /** Reads parcels into memory. Rejects when a later attempt may work. */
  load(parcels: readonly Parcel[]): Promise<void>
  /** Deletes the file of a settled parcel. */
  remove(parcel: Parcel): void
  /** Keeps a parcel for the next process, synchronously. Returns `false` when that fails. */
  keep(parcel: Parcel): boolean
  close(): void
}

/** The callbacks of a store. */
export interface StoreChanges {
  readonly fault: FaultReporter
  /** The store dropped a parcel to make room on disk. */
  overflowed(parcel: Parcel): void
  /** A file held fewer items than its name says. */
  lost(count: number): void
  /** Items of dead processes were queued. Called once. */
  adopted(count: number): void
}

/**
 * Creates the store of a queue, if the options ask for a spool.
 *
 * @throws {TypeError} when the path of the directory cannot be used
 */
export function createStore(
  { destination, signal, type, spool: options }: DeliverySettings,
  queue: Queue,
  changes: StoreChanges,
): Store | undefined {
  if (options === undefined) return undefined
  const { directory, maxBytes, after } = options
  // Items are stored encoded: another content type cannot send them.
  const format = type.replace(/^.*\//, '').replace(/;.*$/, '')
  const name = [destination, signal, format].join('.').replace(/[^\w.-]/g, '-')
  const fail = (error: unknown) => changes.fault(`the spool of ${destination} ${signal}`, error)
  let spool: Spool
  try {
    spool = createSpool(join(directory, name), fail)
  } catch (error) {
    if (error instanceof TypeError) throw error
    fail(error)
    return undefined
  }

  let isWriting = false
  let isClosed = false
  const timer = setInterval(() => void write(), after / 4).unref()

  /**
   * Writes parcels that have waited too long, in-flight ones included. After a disk error the next run tries
   * again.
   */
  async function write(): Promise<void> {
    if (isWriting || queue.count === 0) return
    isWriting = true
    const moment = performance.now() - after
    queue.sealOpenedBefore(moment)
    const waiting = Array.from(queue.parcels()).filter(
      (parcel) => parcel.file === undefined && parcel.openedAt < moment,
    )
    try {
      for (const parcel of waiting) {
        if (isClosed) break
        if (parcel.settled || !makeRoom(parcel)) continue
        await spool.store(parcel)
        // It may have been delivered during the write.
        if (parcel.settled) spool.remove(parcel)
      }
    } catch (error) {
      if (!isClosed) fail(error)
    }
    isWriting = false
  }

  /** Makes room on disk. Drops older parcels that are only on disk and no more valuable. */
  function makeRoom(parcel: Parcel): boolean {
    while (spool.bytes + parcel.size > maxBytes) {
      const oldest = queue.oldestUnloaded(parcel.valuable)
      if (oldest === undefined) return false
      queue.release(oldest)
      changes.overflowed(oldest)
    }
    return true
  }

  let isAdopting = true
  async function adopt(): Promise<void> {
    let parcels: Parcel[] = []
    try {
      parcels = await spool.adopt()
    } catch (error) {
      if (!isClosed) fail(error)
    }
    isAdopting = false
    if (isClosed) return
    queue.adopt(parcels)
    changes.adopted(parcels.reduce((sum, { count }) => sum + count, 0))
  }
  void adopt()

  return {
    get isAdopting() {
      return isAdopting
    },
    async load(parcels) {
      for (const parcel of parcels) {
        if (parcel.isLoaded) continue
        const entries = await spool.read(parcel)
        // Its file may have been left to the next process during the read.
        if (isClosed || parcel.settled) continue
        const { count } = parcel
        queue.change(parcel, () => parcel.fill(entries))
        changes.lost(count - parcel.count)
      }
    },
    remove: spool.remove,
    keep(parcel) {
      if (parcel.file !== undefined) return true
      if (!parcel.isLoaded || !makeRoom(parcel)) return false
      try {
        spool.storeNow(parcel)
        return true
      } catch (error) {
        fail(error)
        return false
      }
    },
    close() {
      isClosed = true
      clearInterval(timer)
      try {
        spool.close()
      } catch (error) {
        fail(error)
      }
    },
  }
}
