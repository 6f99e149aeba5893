import type { StoreReader } from '../../../store.ts'
import { errorDetails } from '../errors/error-details.ts'
import { searchErrors } from '../errors/error-groups.ts'
import { readKnownErrors } from '../errors/error-states.ts'
import { comparisonOf } from './comparison.ts'
import { facetsOf } from './facets.ts'
import { histogramOf } from './histogram.ts'
import { searchLogs, surroundingLogs } from './logs.ts'
import { pointsOf } from './points.ts'
import { SegmentPool } from './segment-pool.ts'
import { logsOfTrace, traceById } from './traces-by-id.ts'
import { searchTraces } from './traces.ts'

/** What a reader answers about events. */
export type EventReader = Pick<
  StoreReader,
  | 'trace'
  | 'traceLogs'
  | 'traces'
  | 'logs'
  | 'surroundings'
  | 'histogram'
  | 'facets'
  | 'spanPoints'
  | 'compareSpans'
  | 'errors'
  | 'error'
  | 'close'
>

/** Options of {@link createEventReader}. */
export interface EventReaderOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

/**
 * Answers queries about the events in `folder`. A query does its work when it is called, on this thread, and reads one state of
 * each file.
 */
export function createEventReader(folder: string, { now = Date.now }: EventReaderOptions = {}): EventReader {
  const pool = new SegmentPool(folder)
  const context = () => ({ known: readKnownErrors(folder), now: BigInt(now()) * 1_000_000n })
  return {
    trace: async (traceId) => pool.query(() => traceById(pool, traceId)),
    traceLogs: async (traceId, limit) => pool.query(() => logsOfTrace(pool, traceId, limit)),
    traces: async (search) => pool.query(() => searchTraces(pool, search)),
    logs: async (search) => pool.query(() => searchLogs(pool, search)),
    surroundings: async (of) => pool.query(() => surroundingLogs(pool, of)),
    histogram: async (search) => pool.query(() => histogramOf(pool, search)),
    facets: async (search) => pool.query(() => facetsOf(pool, search)),
    spanPoints: async (search) => pool.query(() => pointsOf(pool, search)),
    compareSpans: async (search) => pool.query(() => comparisonOf(pool, search)),
    errors: async (search) => pool.query(() => searchErrors(pool, search, context())),
    error: async (fingerprint, range) => pool.query(() => errorDetails(pool, fingerprint, range, context())),
    close: () => pool.close(),
  }
}
