import { afterEach, beforeEach } from '@jest/globals'

import type { EventWriter } from '../../../src/store/events.ts'
import type { Store, StoreKeeper, StoreOptions, StoreReader } from '../../../src/store/store.ts'

/** Limits of a store under test. The default of each limit is more than a test needs. */
type Limits = Partial<Omit<StoreOptions, 'folder'>>

/** A store for one test, empty at first. */
export interface OpenedStore {
  /** The same data at each call, also with other limits. */
  open(limits?: Limits): Store
  /** Removes the data. All that was opened is closed before. */
  remove(): Promise<void>
}

/** An open store with two ingest threads and a query thread, as the parts of the suite use it. */
export interface Bench {
  readonly store: () => Store
  readonly reader: () => StoreReader
  /** The writer of an ingest thread, opened at its first use. */
  writer(number?: number): EventWriter
  /** Closes the writers and the reader, and opens the same data again. */
  reopen(limits?: Limits): void
  keeper(): StoreKeeper
}

/** Opens a store before each test and closes it afterwards. */
export function createBench(create: () => Promise<OpenedStore>): Bench {
  let opened: OpenedStore
  let store: Store
  let reader: StoreReader
  let writers = new Map<number, EventWriter>()
  let keepers: StoreKeeper[] = []

  const close = () => {
    for (const each of [...writers.values(), ...keepers, reader]) each.close()
    writers = new Map()
    keepers = []
  }
  beforeEach(async () => {
    opened = await create()
    store = opened.open()
    reader = store.openReader()
  })
  afterEach(async () => {
    close()
    await opened.remove()
  })

  return {
    store: () => store,
    reader: () => reader,
    writer: (number = 0) => {
      const writer = writers.get(number) ?? store.openEvents(number)
      writers.set(number, writer)
      return writer
    },
    reopen: (limits) => {
      close()
      store = opened.open(limits)
      reader = store.openReader()
    },
    keeper: () => {
      const keeper = store.openKeeper()
      keepers.push(keeper)
      return keeper
    },
  }
}
