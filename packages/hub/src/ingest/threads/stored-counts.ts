import type { MetricColumns, ReadResource } from '@sightline/otlp'

import { createIdentities } from '../derive/identity.ts'
import type { Signal } from '../ingest.ts'
import type { StoredCount } from '../protocol.ts'

/** Counts items by the service that they come from. Belongs to one thread. */
export interface StoredCounts {
  /** Counts rows. `column` has the index in `origins` of each row. */
  ofRows(signal: Signal, rows: number, column: Uint32Array, origins: readonly ReadResource[]): StoredCount[]
  ofPoints(columns: MetricColumns): StoredCount[]
}

export function createStoredCounts(): StoredCounts {
  const identityOf = createIdentities()

  const ofRows: StoredCounts['ofRows'] = (signal, rows, column, origins) => {
    const counts = new Uint32Array(origins.length)
    for (let row = 0; row < rows; row++) {
      const index = column[row] ?? 0
      counts[index] = (counts[index] ?? 0) + 1
    }
    const byJob = new Map<string, number>()
    for (const [index, items] of counts.entries()) {
      const resource = origins[index]
      if (items === 0 || resource === undefined) continue
      const { job } = identityOf(resource)
      byJob.set(job, (byJob.get(job) ?? 0) + items)
    }
    return Array.from(byJob, ([job, items]) => ({ signal, job, items }))
  }

  return {
    ofRows,
    ofPoints({ rows, metric, metrics }) {
      const origins = metrics.map(({ resource }) => resource)
      return ofRows('metrics', rows, metric, origins)
    },
  }
}
