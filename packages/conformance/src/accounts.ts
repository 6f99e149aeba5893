import { expect } from '@jest/globals'

import type { Kit } from './kit.ts'

/**
 * The rule of counting: log, metrics and records agree on the number of requests, and none stays in flight.
 */
export async function expectAccounts(kit: Kit, requests: number): Promise<void> {
  await kit.haveEnded(requests)
  const metrics = await kit.metrics()
  expect({
    seen: kit.seen,
    records: kit.ended,
    accessEvents: kit.accessEvents,
    counter: metrics.sum('http_requests_total'),
    durations: metrics.sum('http_request_duration_seconds_count'),
    requestSizes: metrics.sum('http_request_size_bytes_count'),
    responseSizes: metrics.sum('http_response_size_bytes_count'),
    inProgress: metrics.sum('http_requests_in_progress'),
    negative: metrics.of('http_requests_in_progress').filter(({ value }) => value < 0),
    statsInProgress: kit.sightline.stats().inProgress,
  }).toEqual({
    seen: requests,
    records: requests,
    accessEvents: requests,
    counter: requests,
    durations: requests,
    requestSizes: requests,
    responseSizes: requests,
    inProgress: 0,
    negative: [],
    statsInProgress: 0,
  })
}
