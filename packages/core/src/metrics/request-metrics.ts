import { knownMethod } from '../record/method.ts'
import type { KnownRoute, RequestRecord, Sink } from '../seam.ts'
import type { Family } from '../series/family.ts'
import type { AnyInstrument } from '../series/instruments.ts'

/** The `route` of all requests that match none: one value, or every scanner would make series. */
export const UNMATCHED = 'unmatched'

/** The status of a request that was aborted before one was sent: nginx's "client closed request". */
const CLIENT_CLOSED_REQUEST = 499

/** Boundaries of the histogram of durations, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** Boundaries of the histograms of body sizes, in bytes. */
export const SIZE_BUCKETS: readonly number[] = [
  100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]

export interface RequestMetricsOptions {
  /** Boundaries of the histogram of durations, in seconds, ascending. */
  readonly buckets: readonly number[]
  /** How many label sets one instrument takes besides those of known routes. */
  readonly maxSeries: number
}

/** The methods that a route which takes all of them is likely to be asked with. */
const COMMON_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * The routes whose series are made at 0. A method that is counted as `_OTHER` has none: nothing would ever be counted
 * there.
 */
export function reserved(routes: readonly KnownRoute[]): KnownRoute[] {
  return routes.flatMap(({ method, route }) => {
    if (method === '*') return COMMON_METHODS.map((each) => ({ method: each, route }))
    return knownMethod(method) === method ? [{ method, route }] : []
  })
}

/** The metrics of requests, under one naming. */
export interface RequestMetrics extends Sink {
  /** Makes the series of routes at 0, and with them the room for them. */
  know(routes: readonly KnownRoute[]): void
  families(): Iterable<Family>
  readonly instruments: readonly AnyInstrument[]
}

/** The status of a response that the service has broken off, whatever was sent: an alert on errors has to see it. */
const INTERNAL_SERVER_ERROR = 500

/** The status as a label: every request has one. */
export function statusOf({ outcome, status }: RequestRecord): number {
  return outcome === 'broken' ? INTERNAL_SERVER_ERROR : (status ?? CLIENT_CLOSED_REQUEST)
}
