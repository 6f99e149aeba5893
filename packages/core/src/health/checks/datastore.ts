import type { CheckOptions } from '../check.ts'

/** What suits stores: however often somebody asks, an outage is seen within a second. */
export const DATASTORE = { kind: 'datastore', timeout: 600, cache: 300 } as const satisfies CheckOptions
