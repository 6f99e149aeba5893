import type { CheckOptions } from '../check.ts'

/** What suits stores: however often somebody asks, an outage is seen within a second. */
export const DATASTORE = { kind: 'datastore', timeout: 700, cache: 100 } as const satisfies CheckOptions
