import { PromqlError } from '@sightline/promql'

/** Kinds of failed queries, in the words of Prometheus' HTTP API (`errorType`). */
export type QueryErrorType =
  | 'bad_data'
  | 'canceled'
  | 'execution'
  | 'internal'
  | 'not_found'
  | 'timeout'
  | 'unavailable'

/** The HTTP status of each kind, as Prometheus 2.42 answers it. */
const STATUS: Readonly<Record<QueryErrorType, number>> = {
  bad_data: 400,
  canceled: 503,
  execution: 422,
  internal: 500,
  not_found: 404,
  timeout: 503,
  unavailable: 503,
}

/** A query that has no result. The message is one sentence for the client. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly errorType: QueryErrorType
  /** 504 for a query whose thread was ended, else the status of the type. */
  readonly status: number

  constructor(errorType: QueryErrorType, message: string, status = STATUS[errorType]) {
    super(message)
    this.errorType = errorType
    this.status = status
  }
}

/** The error of a client that no longer waits. The sentence is Prometheus'. */
export function canceledError(): QueryError {
  return new QueryError('canceled', 'query was canceled in expression evaluation')
}

/** Any error of a query as one that can be answered. */
export function queryErrorOf(error: unknown): QueryError {
  if (error instanceof QueryError) return error
  if (error instanceof PromqlError) return new QueryError(error.type, error.message)
  return new QueryError(
    'internal',
    `The query failed: ${error instanceof Error ? error.message : String(error)}`,
  )
}
