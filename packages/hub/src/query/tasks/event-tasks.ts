import type { StoredLog, StoredSpan } from '../../store/events.ts'
import type {
  ErrorSearch,
  Facet,
  Histogram,
  LogSearch,
  Page,
  Surroundings,
  TimeRange,
  TraceSearch,
  TraceSummary,
} from '../../store/search.ts'
import type { ErrorDetails, ErrorGroup, Condition } from '../../store/search.ts'
import { QueryError } from '../query-error.ts'
import type { TaskContext } from './task.ts'

/** Log records by time and level. */
export interface HistogramTask extends TimeRange {
  readonly where: Condition
  readonly buckets: number
}

/** The most frequent values of fields. */
export interface FacetsTask extends TimeRange {
  readonly where: Condition
  readonly fields: readonly string[]
}

/** The spans of a trace. `traceId` in lower-case hex. */
export function trace(
  { reader }: TaskContext,
  { traceId }: { readonly traceId: string },
): Promise<readonly StoredSpan[]> {
  return reader.trace(traceId)
}

/** The log records of a trace, oldest first. */
export function traceLogs(
  { reader }: TaskContext,
  { traceId, limit }: { readonly traceId: string; readonly limit: number },
): Promise<readonly StoredLog[]> {
  return reader.traceLogs(traceId, limit)
}

/** A search for traces. It ends at the time limit of the task. */
export function traces(
  { reader, timeMs }: TaskContext,
  search: Omit<TraceSearch, 'timeMs'>,
): Promise<Page<TraceSummary>> {
  return withCursor(reader.traces({ ...search, timeMs }))
}

/** A search for log records. It ends at the time limit of the task. */
export function logs(
  { reader, timeMs }: TaskContext,
  search: Omit<LogSearch, 'timeMs'>,
): Promise<Page<StoredLog>> {
  return withCursor(reader.logs({ ...search, timeMs }))
}

/** A store throws a RangeError for a cursor that is not one of its own. */
async function withCursor<Item>(page: Promise<Page<Item>>): Promise<Page<Item>> {
  try {
    return await page
  } catch (failure) {
    if (failure instanceof RangeError && /cursor/.test(failure.message))
      throw new QueryError('bad_data', failure.message)
    throw failure
  }
}

/** Log records around one. */
export function surroundings({ reader }: TaskContext, of: Surroundings): Promise<readonly StoredLog[]> {
  return reader.surroundings(of)
}

/** Counts of log records. They end at the time limit of the task. */
export function histogram({ reader, timeMs }: TaskContext, search: HistogramTask): Promise<Histogram> {
  return reader.histogram({ ...search, timeMs })
}

/** Values of fields. They end at the time limit of the task. */
export function facets({ reader, timeMs }: TaskContext, search: FacetsTask): Promise<readonly Facet[]> {
  return reader.facets({ ...search, timeMs })
}

/** Groups of equal errors. */
export function errors(
  { reader, timeMs }: TaskContext,
  search: Omit<ErrorSearch, 'timeMs'>,
): Promise<Page<ErrorGroup>> {
  return reader.errors({ ...search, timeMs })
}

/** One group of equal errors. */
export function error(
  { reader }: TaskContext,
  { fingerprint, range }: { readonly fingerprint: string; readonly range: TimeRange },
): Promise<ErrorDetails | undefined> {
  return reader.error(fingerprint, range)
}
