import { join } from 'node:path'

import type { StoreKeeper, StoreOptions, StoreState } from '../store.ts'
import { setErrorState } from './events/errors/error-states.ts'
import { SegmentPool } from './events/read/segment-pool.ts'
import { eventState, setAsideFiles } from './events/retention/event-state.ts'
import { retainEvents } from './events/retention/retention.ts'
import { createSeriesReader } from './series/reader.ts'
import { seriesState } from './series/state.ts'

/** Keeps an embedded store within its limits. Belongs to one thread. */
export function openKeeper({ folder, maxDisk, retention }: StoreOptions): StoreKeeper {
  const pool = new SegmentPool(folder)
  const series = createSeriesReader(folder)

  /** The traces that exemplars of a time lead to. */
  const linked = async (from: number, to: number): Promise<ReadonlySet<string>> => {
    const traces = new Set<string>()
    for (const { exemplars } of await series.exemplars([{ matchers: [], start: from, end: to }])) {
      for (const { labels } of exemplars) if (labels['trace_id']) traces.add(labels['trace_id'].toLowerCase())
    }
    return traces
  }

  return {
    retain: (now) => {
      const maxBytes = Math.max(0, maxDisk - seriesState(folder).bytes)
      return retainEvents(folder, pool, { maxBytes, retention }, linked, now)
    },
    setErrorState: async (fingerprint, state, now) => setErrorState(folder, fingerprint, state, now),
    state: async (): Promise<StoreState> => {
      const { bytes, ...events } = pool.query(() => eventState(pool))
      const { bytes: seriesBytes, series: count } = seriesState(folder)
      return {
        ...events,
        bytes: { ...bytes, series: seriesBytes },
        series: count,
        problems: ['', 'events', 'kept'].flatMap((name) => setAsideFiles(join(folder, name))),
      }
    },
    close: () => {
      pool.close()
      series.close()
    },
  }
}
