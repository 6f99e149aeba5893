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
export function errorAnswer(dialect: Dialect, { errorType, message, status }: QueryError): ApiResponse {
  switch (dialect) {
    case 'prometheus':
      return json({ status: 'error', errorType, error: message }, status)
    case 'jaeger':
      return json(
        { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg: message }] },
        status,
      )
    case 'hub':
      return json({ error: message }, status)
  }
}
