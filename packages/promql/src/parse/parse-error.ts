import { PromqlError } from '../error.ts'

/** A query that cannot be parsed, with line and column as Prometheus counts them. */
export function parseError(text: string, position: number, message: string): PromqlError {
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  return new PromqlError('bad_data', `${line}:${column}: parse error: ${message}`)
}
