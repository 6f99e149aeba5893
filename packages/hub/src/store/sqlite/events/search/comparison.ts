import type { StoredValue } from '../../../events.ts'
import type { Comparison } from '../../../search.ts'
import { textOfValue } from '../words/block-words.ts'

/** Tests a value of a field. */
export type ValueTest = (value: StoredValue) => boolean

/** The test of a condition on any field: texts without regard to case, orders by number. */
export function createValueTest(is: Comparison, expected: string): ValueTest {
  if (is === 'exists') return () => true
  const text = expected.toLowerCase()
  if (is === '=') return (value) => textOfValue(value).toLowerCase() === text
  if (is === 'prefix') return (value) => textOfValue(value).toLowerCase().startsWith(text)
  const number = numberOf(expected)
  return (value) => isOrdered(is, numberOf(value), number)
}

/** Whether `left` stands in this order to `right`. Never with NaN. */
export function isOrdered(is: Comparison, left: number, right: number): boolean {
  if (is === '>') return left > right
  if (is === '>=') return left >= right
  if (is === '<') return left < right
  return is === '<=' ? left <= right : is === '=' && left === right
}

/** A value as a number, NaN where it is none. */
export function numberOf(value: StoredValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

/** Levels and their first severity number, https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber. */
export const LEVELS = { unset: 0, trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const
export type Level = keyof typeof LEVELS

const NAMES: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** The level of a severity number. */
export function levelOf(severity: number): Level {
  return severity < 1 ? 'unset' : (NAMES[Math.min(5, Math.floor((severity - 1) / 4))] ?? 'fatal')
}

/** The severities that a condition on `level` allows: from the first to the last. `undefined` for an unknown level. */
export function severities(
  is: Comparison,
  expected: string,
): { readonly least: number; readonly most: number } | undefined {
  if (is === 'exists') return { least: 1, most: 24 }
  const name = expected.toLowerCase()
  const known = name === 'warning' ? 'warn' : name
  // The table has this name.
  const number = Object.hasOwn(LEVELS, known) ? LEVELS[known as Level] : numberOf(expected)
  if (Number.isNaN(number)) return undefined
  // A number is itself, a name is its four numbers.
  const last = Object.hasOwn(LEVELS, known) && number > 0 ? number + 3 : number
  if (is === '>=') return { least: number, most: 24 }
  if (is === '>') return { least: last + 1, most: 24 }
  if (is === '<=') return { least: 1, most: last }
  return is === '<' ? { least: 1, most: number - 1 } : { least: number, most: last }
}
