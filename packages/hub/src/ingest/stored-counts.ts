import type { Columns, ReadResource } from '@sightline/otlp'

import type { Signal } from './ingest.ts'
import type { StoredCount } from './protocol.ts'

/** Counts the rows of columns by the service that they come from. */
export function countJobs(
  signal: Signal,
  { rows, resources, resource }: Columns & { readonly resource: Uint32Array },
): StoredCount[] {
  const counts = new Uint32Array(resources.length)
  for (let row = 0; row < rows; row++) counts[resource[row] ?? 0] = (counts[resource[row] ?? 0] ?? 0) + 1
  return resources.flatMap((each, index) => {
    const items = counts[index] ?? 0
    return items === 0 ? [] : [{ signal, job: jobOf(each), items }]
  })
}
