import type { MetricColumns, ReadResource, TimeColumn } from '@sightline/otlp'

import { createIdentities } from '../derive/identity.ts'
import type { Signal } from '../ingest.ts'
import type { StoredCount } from '../protocol.ts'

/** Counts items by the service that they come from. Belongs to one thread. */
export interface StoredCounts {
  /** Counts rows. `column` has the index in `origins` of each row, `times` the time at which it was complete. */
  ofRows(
    signal: Signal,
    rows: number,
    column: Uint32Array,
    origins: readonly ReadResource[],
    times: TimeColumn,
  ): StoredCount[]
  ofPoints(columns: MetricColumns): StoredCount[]
}

export function createStoredCounts(now: () => number = Date.now): StoredCounts {
  const identityOf = createIdentities()

  const ofRows: StoredCounts['ofRows'] = (signal, rows, column, origins, times) => {
    const counts = new Uint32Array(origins.length)
    const last = new Uint32Array(origins.length)
    for (let row = 0; row < rows; row++) {
      const index = column[row] ?? 0
      counts[index] = (counts[index] ?? 0) + 1
      last[index] = row
    }
    const received = now()
    const byJob = new Map<string, { items: number; aheadMs: number }>()
    for (const [index, items] of counts.entries()) {
      const resource = origins[index]
      if (items === 0 || resource === undefined) continue
      const { job } = identityOf(resource)
      const sum = byJob.get(job) ?? { items: 0, aheadMs: -Infinity }
      byJob.set(job, sum)
      sum.items += items
      // Items are sent in the order in which they were complete.
      sum.aheadMs = Math.max(sum.aheadMs, (times.ms[last[index] ?? 0] ?? 0) - received)
    }
    return Array.from(byJob, ([job, count]) => ({ signal, job, ...count }))
  }

  return {
    ofRows,
    ofPoints({ rows, metric, metrics, times }) {
      const origins = metrics.map(({ resource }) => resource)
      return ofRows('metrics', rows, metric, origins, times)
    },
  }
}
