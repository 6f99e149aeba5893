/**
 * The kind of a failed query, in the words of Prometheus' HTTP API (`errorType`): `bad_data` for a query or a parameter
 * that is wrong, `execution` for a query that cannot be evaluated over the data at hand, `timeout` and `canceled`.
 */
export type PromqlErrorType = 'bad_data' | 'canceled' | 'execution' | 'timeout'

/** A query that has no result. The message is the sentence of Prometheus, without its `invalid parameter` prefix. */
export class PromqlError extends Error {
  override readonly name = 'PromqlError'
  readonly type: PromqlErrorType

  constructor(type: PromqlErrorType, message: string) {
    super(message)
    this.type = type
  }
}

/** A query that fails over the data at hand. */
export function executionError(message: string): PromqlError {
  return new PromqlError('execution', message)
}

/** A result in which two series have the same labels. */
export function sameLabelsError(): PromqlError {
  return executionError('vector cannot contain metrics with the same labelset')
}
