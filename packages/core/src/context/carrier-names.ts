/** The headers that Sightline passes from service to service. */
import { textOf } from './carrier-values.ts'

/** The propagated headers. */
export const CARRIED = ['x-request-id', 'traceparent', 'tracestate', 'baggage'] as const

/** No two of these names have the same length. */
const BY_LENGTH = new Map<number, (typeof CARRIED)[number]>(CARRIED.map((name) => [name.length, name]))

/** The propagated header of a name in any letter case. `undefined`: none. */
export function carriedName(given: string): (typeof CARRIED)[number] | undefined {
  const name = BY_LENGTH.get(given.length)
  return name !== undefined && (given === name || given.toLowerCase() === name) ? name : undefined
}

/** Whether a carrier's name is the given header. */
export function isNamed(given: unknown, name: string): boolean {
  if (given === name) return true
  const text = typeof given === 'string' || ArrayBuffer.isView(given) ? textOf(given) : undefined
  return text?.length === name.length && text.toLowerCase() === name
}
