import type { Field } from '../../writer.ts'
import type { Ids, Times } from '../tables/columns.ts'
import { type Message, valueOf, wrong } from './tree.ts'

const DIGITS = /^-?\d+$/
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
const MAX_UINT64 = 2n ** 64n - 1n
const NUMBERS = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

/** A number, or a text with one: https://protobuf.dev/programming-guides/json/ */
export function doubleOf(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') throw wrong(name, 'a number')
  const number = NUMBERS.get(value) ?? Number(value)
  if (Number.isNaN(number) && value !== 'NaN') throw wrong(name, 'a number')
  return number
}

/** The double in a field. */
export function doubleIn(message: Message, field: Field, absent = 0): number {
  const value = valueOf(message, field)
  return value === undefined ? absent : doubleOf(value, field.name)
}

/** An `int64`: a number if it is a safe integer, or else a bigint. */
export function integerOf(value: unknown, name: string): number | bigint {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : doubleOf(value, name)
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number
  if (!Number.isInteger(number)) throw wrong(name, 'an integer')
  // All digits of a text count.
  const exact = typeof value === 'string' && DIGITS.test(value) ? BigInt(value) : BigInt(number)
  if (exact < MIN_INT64 || exact > MAX_INT64) throw wrong(name, 'an integer of 64 bits')
  return exact
}

/** A count, rounded above 2^53. */
export function countOf(value: unknown, name: string): number {
  const number = doubleOf(value, name)
  if (!Number.isInteger(number) || number < 0 || number > Number(MAX_UINT64))
    throw wrong(name, 'a natural number')
  return number
}

/** The count in a field. */
export function countIn(message: Message, field: Field): number {
  const value = valueOf(message, field)
  return value === undefined ? 0 : countOf(value, field.name)
}

/** The `uint32` in a field. */
export function wordIn(message: Message, field: Field): number {
  const value = countIn(message, field)
  if (value > 0xffff_ffff) throw wrong(field.name, 'a number below 2^32')
  return value
}

/** The `sint32` in a field. */
export function smallIn(message: Message, field: Field): number {
  const value = valueOf(message, field)
  if (value === undefined) return 0
  const number = doubleOf(value, field.name)
  if ((number | 0) !== number) throw wrong(field.name, 'an integer of 32 bits')
  return number
}

export function boolOf(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false')
  return value
}

/**
 * The enum in a field.
 *
 * @param names all names in their order, with the prefix that they have in the `.proto` file
 * @returns 0 for an unknown value
 */
export function enumIn(message: Message, field: Field, names: readonly string[]): number {
  const value = valueOf(message, field)
  if (value === undefined) return 0
  const number =
    typeof value === 'string' && !DIGITS.test(value) ? names.indexOf(value) : doubleOf(value, field.name)
  return Number.isInteger(number) && number > 0 && number < names.length ? number : 0
}

/** Writes the time in a field into a column. */
export function putTime(message: Message, field: Field, times: Times, row: number): void {
  const value = valueOf(message, field)
  if (value === undefined) return
  if (typeof value === 'string' && isNanoseconds(value)) {
    times.ms[row] = Number(value.slice(0, -6))
    times.ns[row] = Number(value.slice(-6))
    return
  }
  const nanoseconds = countOf(value, field.name)
  times.ns[row] = nanoseconds % 1e6
  times.ms[row] = (nanoseconds - (nanoseconds % 1e6)) / 1e6
}

function isNanoseconds(text: string): boolean {
  return /^\d{1,20}$/.test(text) && (text.length < 20 || BigInt(text) <= MAX_UINT64)
}

/** Writes the id in a field into a column. Returns whether it is valid: of the right length and not zero. */
export function putId(message: Message, field: Field, ids: Ids, row: number): boolean {
  const digits = valueOf(message, field) ?? ''
  if (typeof digits !== 'string') throw wrong(field.name, 'a text of hexadecimal digits')
  // The bytes end where there is no digit.
  const bytes = Buffer.from(digits, 'hex')
  return ids.put(row, bytes, 0, bytes.length)
}
