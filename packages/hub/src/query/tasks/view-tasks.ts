import type {
  ErrorDetails,
  ErrorGroup,
  ErrorSearch,
  ErrorState,
  LogSearch,
  Surroundings,
  TimeRange,
  TraceSearch,
  TraceSummary,
} from '../../store/search.ts'
import { QueryError } from '../query-error.ts'
import { jaegerAnswer, jaegerTrace } from '../views/jaeger-trace.ts'
import type { Json } from '../views/json.ts'
import { logRecords, type LogRecords } from '../views/log-records.ts'
import { otlpTrace } from '../views/otlp-trace.ts'
import { error, errors, histogram, type HistogramTask, logs, traces } from './event-tasks.ts'
import type { TaskContext } from './task.ts'

/** A trace as OTLP, and its log records. Fails with `not_found`. */
export async function traceView(
  { reader }: TaskContext,
  { traceId, logs: limit }: { readonly traceId: string; readonly logs: number },
): Promise<Json> {
  const spans = await reader.trace(traceId)
  const records = limit === 0 ? [] : await reader.traceLogs(traceId, limit)
  // The log records of a trace may be stored although none of its spans is.
  if (spans.length === 0 && records.length === 0) throw unknownTrace(traceId)
  return { ...otlpTrace(spans), logs: logView(logRecords(records)) }
}

/** One trace in Jaeger's shape. Fails with `not_found`. */
export async function jaegerTraceView(
  { reader }: TaskContext,
  { traceId }: { readonly traceId: string },
): Promise<Json> {
  const spans = await reader.trace(traceId)
  if (spans.length === 0) throw unknownTrace(traceId)
  return jaegerAnswer([jaegerTrace(traceId, spans)])
}

/** The traces of a search or of a list of ids, in Jaeger's shape. Ids without trace are left out. */
export async function jaegerTracesView(
  context: TaskContext,
  search: Omit<TraceSearch, 'timeMs'> | { readonly traceIds: readonly string[] },
): Promise<Json> {
  const deadline = performance.now() + context.timeMs
  const { ids, complete } =
    'traceIds' in search ? { ids: search.traceIds, complete: true } : await foundIds(context, search)
  const found: Json[] = []
  for (const traceId of ids) {
    if (context.signal.aborted || performance.now() > deadline) return jaegerAnswer(found, false)
    const spans = await context.reader.trace(traceId)
    if (spans.length > 0) found.push(jaegerTrace(traceId, spans))
  }
  return jaegerAnswer(found, complete)
}

async function foundIds(
  context: TaskContext,
  search: Omit<TraceSearch, 'timeMs'>,
): Promise<{ readonly ids: readonly string[]; readonly complete: boolean }> {
  const { items, complete } = await traces(context, search)
  return { ids: items.map(({ traceId }) => traceId), complete }
}

function unknownTrace(traceId: string): QueryError {
  return new QueryError('not_found', `The trace ${traceId} is not stored`)
}

/** A page of traces. */
export async function tracesView(context: TaskContext, search: Omit<TraceSearch, 'timeMs'>): Promise<Json> {
  const { items, next, complete } = await traces(context, search)
  return { traces: items.map(summaryView), next: next ?? null, complete }
}

function summaryView({ start, duration, match, ...rest }: TraceSummary): Json {
  return {
    ...rest,
    start: start.toString(),
    duration: duration.toString(),
    match: { ...match, duration: match.duration.toString() },
  }
}

/** A page of log records. */
export async function logsView(context: TaskContext, search: Omit<LogSearch, 'timeMs'>): Promise<Json> {
  const { items, next, complete, tail } = await logs(context, search)
  return { ...logView(logRecords(items)), next: next ?? null, tail: tail ?? null, complete }
}

/** Log records around one, oldest first. Fails with `not_found`. */
export async function surroundingsView({ reader }: TaskContext, of: Surroundings): Promise<Json> {
  const records = await reader.surroundings(of)
  if (records.length === 0) throw new QueryError('not_found', 'The log record is not stored any more')
  return logView(logRecords(records))
}

function logView({ records, resources, scopes }: LogRecords): { readonly [key: string]: Json } {
  return { logs: records, resources, scopes }
}

/** Counts of log records. */
export async function histogramView(context: TaskContext, search: HistogramTask): Promise<Json> {
  const { start, width, levels, complete } = await histogram(context, search)
  return { start: start.toString(), width: width.toString(), levels, complete }
}

/** A list of error groups. */
export async function errorsView(context: TaskContext, search: Omit<ErrorSearch, 'timeMs'>): Promise<Json> {
  const { items, complete } = await errors(context, search)
  return { errors: items.map(groupView), complete }
}

/** One error group with its details. Fails with `not_found`. */
export async function errorView(
  context: TaskContext,
  task: { readonly fingerprint: string; readonly range: TimeRange },
): Promise<Json> {
  const details = await error(context, task)
  if (details === undefined) throw new QueryError('not_found', `The error ${task.fingerprint} is not stored`)
  return {
    ...groupView(details),
    stack: details.stack,
    routes: details.routes.map((each) => ({ ...each })),
    versions: details.versions.map((each) => ({ ...each, firstSeen: each.firstSeen.toString() })),
    samples: details.samples.map((each) => ({ ...each, time: each.time.toString() })),
  } satisfies Record<keyof ErrorDetails, Json>
}

function groupView(group: ErrorGroup): Record<keyof ErrorGroup, Json> {
  return {
    fingerprint: group.fingerprint,
    type: group.type,
    message: group.message,
    services: group.services,
    firstSeen: group.firstSeen.toString(),
    lastSeen: group.lastSeen.toString(),
    count: group.count,
    users: group.users,
    firstVersion: group.firstVersion,
    state: stateView(group.state),
    trend: group.trend,
  }
}

function stateView(state: ErrorState): Json {
  return state.kind === 'ignored'
    ? { kind: state.kind, until: state.until?.toString() ?? null }
    : { kind: state.kind }
}
