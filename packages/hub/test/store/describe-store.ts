import { afterEach, beforeEach, describe } from '@jest/globals'

import type { EventWriter } from '../../src/store/events.ts'
import type { Store, StoreKeeper, StoreOptions, StoreReader } from '../../src/store/store.ts'
import { describeConditions } from './describe-conditions.ts'
import { describeErrors } from './describe-errors.ts'
import { describeLogs } from './describe-logs.ts'
import { describeRetention } from './describe-retention.ts'
import { describeSeries } from './describe-series.ts'
import { describeTail } from './describe-tail.ts'
import { describeTraceSearch } from './describe-trace-search.ts'
import { describeTraces } from './describe-traces.ts'

/** Limits of a store under test. What is left out is more than a test needs. */
export type Limits = Partial<Omit<StoreOptions, 'folder'>>

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

/** The suite that says what a store is. It knows no implementation. */
export function describeStore(name: string, create: () => Promise<OpenedStore>): void {
  describe(name, () => {
    const bench = createBench(create)
    describeTraces(bench)
    describeTraceSearch(bench)
    describeLogs(bench)
    describeTail(bench)
    describeConditions(bench)
    describeErrors(bench)
    describeRetention(bench)
  })
  describeSeries(name, async () => {
    const opened = await create()
    return {
      openWriter: (limits) => opened.open({ ...limits, retention: Infinity }).openSeries(),
      openReader: () => opened.open().openReader(),
      remove: () => opened.remove(),
    }
  })
}

function createBench(create: () => Promise<OpenedStore>): Bench {
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
