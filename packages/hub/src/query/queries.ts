import { type PoolOptions, QueryPool, type PoolState, type RunOptions } from './pool.ts'
import type { TaskName, TaskParams, TaskResult } from './tasks/tasks.ts'

/** Milliseconds that queries may take. */
export interface QueryLimits {
  /** Of PromQL. It fails with the type `timeout` after them. Default: 30,000. */
  readonly promqlMs?: number | undefined
  /** Of searches. They end with what they have found. Default: 5,000. */
  readonly searchMs?: number | undefined
}

/** The signal of the client, and a time limit in milliseconds that may be shorter than the usual one. */
interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

type Query<Name extends TaskName> = (
  params: TaskParams<Name>,
  options?: QueryOptions,
) => Promise<TaskResult<Name>>

type QueriesOf<Name extends TaskName> = { readonly [Each in Name]: Query<Each> }

type PromqlTask = 'exemplars' | 'instant' | 'labels' | 'labelValues' | 'metadata' | 'range' | 'series'
type ReaderTask =
  | 'error'
  | 'errors'
  | 'facets'
  | 'histogram'
  | 'logs'
  | 'surroundings'
  | 'trace'
  | 'traceLogs'
  | 'traces'

/** Queries, which run in threads. They reject with a `QueryError`. */
export interface Queries {
  readonly promql: QueriesOf<PromqlTask>
  /** The methods of `StoreReader` for events. Searches have the time limit of their queries. */
  readonly reader: QueriesOf<ReaderTask>
  /** Runs any task, and resolves to its result as bytes of JSON: the answer of an API, without work of the main thread. */
  json<Name extends TaskName>(
    name: Name,
    params: TaskParams<Name>,
    options?: QueryOptions,
  ): Promise<Uint8Array<ArrayBuffer>>
  state(): PoolState
  /** Ends the threads. Queries that run or wait fail with status 503. */
  close(): Promise<void>
}

/** These read series, which takes as long as the query says. */
const BY_PROMQL: ReadonlySet<TaskName> = new Set<TaskName>([
  'exemplars',
  'instant',
  'labels',
  'labelValues',
  'metadata',
  'range',
  'series',
  'changes',
  'instruments',
  'serviceList',
  'serviceDetails',
  'dependencies',
  'callCounts',
  'versions',
])

/** Starts query threads. */
export function createQueries(options: PoolOptions & QueryLimits): Queries {
  const { promqlMs = 30_000, searchMs = 5_000, ...poolOptions } = options
  const pool = new QueryPool(poolOptions)
  const runOptions = (name: TaskName, { signal, timeoutMs }: QueryOptions = {}): RunOptions => {
    const most = BY_PROMQL.has(name) ? promqlMs : searchMs
    return { signal, timeoutMs: Math.min(timeoutMs ?? most, most) }
  }
  const query =
    <Name extends TaskName>(name: Name): Query<Name> =>
    (params, own) =>
      pool.run(name, params, runOptions(name, own))
  return {
    ...queriesByName(query),
    json: (name, params, own) => pool.json(name, params, runOptions(name, own)),
    state: () => pool.state,
    close: () => pool.close(),
  }
}

/** The queries of each kind, by name. `query` makes the function that runs a task. */
export function queriesByName(
  query: <Name extends TaskName>(name: Name) => Query<Name>,
): Pick<Queries, 'promql' | 'reader'> {
  return {
    promql: {
      instant: query('instant'),
      range: query('range'),
      exemplars: query('exemplars'),
      series: query('series'),
      labels: query('labels'),
      labelValues: query('labelValues'),
      metadata: query('metadata'),
    },
    reader: {
      trace: query('trace'),
      traceLogs: query('traceLogs'),
      traces: query('traces'),
      logs: query('logs'),
      surroundings: query('surroundings'),
      histogram: query('histogram'),
      facets: query('facets'),
      errors: query('errors'),
      error: query('error'),
    },
  }
}
