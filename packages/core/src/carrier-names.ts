/** The names of the headers that travel. */
import { textOf } from './carrier-values.ts'

/** The headers that travel. */
export const CARRIED = ['x-request-id', 'traceparent', 'tracestate', 'baggage'] as const

/** Of those that travel no two are as long. */
const BY_LENGTH = new Map<number, (typeof CARRIED)[number]>(CARRIED.map((name) => [name.length, name]))

/** Which of the headers that travel a name is, in whatever letter case; `undefined`: none. */
export function carriedName(given: string): (typeof CARRIED)[number] | undefined {
  const name = BY_LENGTH.get(given.length)
  return name !== undefined && (given === name || given.toLowerCase() === name) ? name : undefined
}

/** Whether a name, as a carrier has it, is that of a header. */
export function isNamed(given: unknown, name: string): boolean {
  if (given === name) return true
  const text = typeof given === 'string' || ArrayBuffer.isView(given) ? textOf(given) : undefined
  return text?.length === name.length && text.toLowerCase() === name
}
