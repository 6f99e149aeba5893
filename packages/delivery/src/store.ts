import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

import type { FaultReporter } from './notices.ts'
import type { DeliverySettings } from './options.ts'
import type { Parcel } from './parcel.ts'
import type { Queue } from './queue.ts'
import { createSpool, type Spool } from './spool.ts'

/** Keeps on disk what a queue has not got rid of for a while. */
export interface Store {
  /** Whether it still looks for what dead processes have left. */
  readonly isAdopting: boolean
  /** Brings into memory what lies on disk only. Rejects where that may work later. */
  load(parcels: readonly Parcel[]): Promise<void>
  /** A parcel is settled: its file goes. */
  remove(parcel: Parcel): void
  /** Keeps a parcel for the next process, at once. `false`: it cannot be. */
  keep(parcel: Parcel): boolean
  close(): void
}

/** What a store tells of. */
export interface StoreChanges {
  readonly fault: FaultReporter
  /** A parcel had to make room on the disk. */
  overflowed(parcel: Parcel): void
  /** A file held so much less than it should. */
  lost(count: number): void
  /** So much was taken over from dead processes, and queued. There is no more. */
  adopted(count: number): void
}

/**
 * Makes the store of a queue, where there is to be one.
 *
 * @throws {TypeError} where the directory's path cannot be used
 */
export function createStore(
  { destination, signal, type, spool: options }: DeliverySettings,
  queue: Queue,
  changes: StoreChanges,
): Store | undefined {
  if (options === undefined) return undefined
  const { directory, maxBytes, after } = options
  // Items are written as they are encoded: what was made for another content type cannot be sent with this one.
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

  /** Writes what has waited for too long, whether under way or not. Where the disk does not take it, it is tried again. */
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
        // Meanwhile it may have arrived.
        if (parcel.settled) spool.remove(parcel)
      }
    } catch (error) {
      if (!isClosed) fail(error)
    }
    isWriting = false
  }

  /** Makes room for a parcel on disk, by what is older, lies only there, and is no more valuable. */
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
        // Meanwhile it may have been left to the next process.
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
