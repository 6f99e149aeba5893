import type { QueryError } from '../query/query-error.ts'
import type { ApiResponse } from './request.ts'
import type { Dialect } from './route.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** An answer of JSON. Bytes are JSON already. */
export function json(body: unknown, status = 200): ApiResponse {
  return { status, headers: JSON_HEADERS, body: body instanceof Uint8Array ? body : JSON.stringify(body) }
}

/** Bytes of JSON within other JSON: text before and after them. */
export function wrapped(before: string, bytes: Uint8Array, after: string): ApiResponse {
  return json(Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]))
}

/** An error in the shape that the clients of an API know. */
export function errorAnswer(dialect: Dialect, error: QueryError): ApiResponse {
  const answer = json(errorBody(dialect, error), error.status)
  // The queue is full, or the hub is stopping.
  return error.errorType === 'unavailable'
    ? { ...answer, headers: { ...answer.headers, 'retry-after': '1' } }
    : answer
}

function errorBody(dialect: Dialect, { errorType, message, status }: QueryError): unknown {
  switch (dialect) {
    case 'prometheus':
      return { status: 'error', errorType, error: message }
    case 'jaeger':
      return { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg: message }] }
    case 'hub':
      return { error: message }
  }
}
