import type { MetricColumns, ReadResource } from '@sightline/otlp'

import { identityOf } from '../derive/identity.ts'
import type { Signal } from '../ingest.ts'
import type { StoredCount } from '../protocol.ts'

/** Counts rows by the service that they come from. `column` has the index in `origins` of each row. */
export function countJobs(
  signal: Signal,
  rows: number,
  column: Uint32Array,
  origins: readonly ReadResource[],
): StoredCount[] {
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

/** Counts points by the service that they come from. */
export function countPoints({ rows, metric, metrics }: MetricColumns): StoredCount[] {
  return countJobs(
    'metrics',
    rows,
    metric,
    metrics.map(({ resource }) => resource),
  )
}
