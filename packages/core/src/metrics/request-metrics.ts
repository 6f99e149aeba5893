import { knownMethod } from '../record/method.ts'
import type { KnownRoute, RequestRecord, Sink } from '../seam.ts'
import type { Family } from '../series/family.ts'
import type { AnyInstrument } from '../series/instruments.ts'

/** The `route` of all requests without a matched route: one value, so that scanners cannot create endless series. */
export const UNMATCHED = 'unmatched'

/** The status of a request that was aborted before its status was sent: nginx's "client closed request". */
const CLIENT_CLOSED_REQUEST = 499

/** Bucket boundaries of durations, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** Bucket boundaries of body sizes, in bytes. */
export const SIZE_BUCKETS: readonly number[] = [
  100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]

export interface RequestMetricsOptions {
  /** Bucket boundaries of durations, in seconds, ascending. */
  readonly buckets: readonly number[]
  /** The limit of label sets of one instrument, besides those of known routes. */
  readonly maxSeries: number
}

/** The likely methods of a route that accepts all methods. */
const COMMON_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The routes whose series are created at 0. A method that counts as `_OTHER` has no series of its own. */
export function reserved(routes: readonly KnownRoute[]): KnownRoute[] {
  return routes.flatMap(({ method, route }) => {
    if (method === '*') return COMMON_METHODS.map((each) => ({ method: each, route }))
    return knownMethod(method) === method ? [{ method, route }] : []
  })
}

/** The request metrics in one naming. */
export interface RequestMetrics extends Sink {
  /** Creates the series of known routes at 0. They do not count towards the limit. */
  know(routes: readonly KnownRoute[]): void
  families(): Iterable<Family>
  readonly instruments: readonly AnyInstrument[]
}

/** The status of a broken response, whatever status was sent, so that alerts on errors see it. */
const INTERNAL_SERVER_ERROR = 500

/** The status as a label. Every request has one. */
export function statusOf({ outcome, status }: RequestRecord): number {
  return outcome === 'broken' ? INTERNAL_SERVER_ERROR : (status ?? CLIENT_CLOSED_REQUEST)
}
