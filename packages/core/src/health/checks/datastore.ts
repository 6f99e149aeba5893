import type { CheckOptions } from '../check.ts'

/** Options for stores: an outage is detected within a second, whatever the probe interval. */
export const DATASTORE = { kind: 'datastore', timeout: 600, cache: 300 } as const satisfies CheckOptions
