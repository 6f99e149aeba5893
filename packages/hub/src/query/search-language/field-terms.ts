import type { Condition } from '../../store/search.ts'
import { SearchError } from './search-error.ts'
import type { Operator, Token } from './tokens.ts'

type FieldToken = Extract<Token, { kind: 'field' }>

/** `unset` is the level of a record without severity. */
const LEVELS: ReadonlySet<string> = new Set(['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'])

/** Names of levels in other loggers, and what they are here. */
const LEVEL_NAMES: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['err', 'error'],
  ['critical', 'fatal'],
  ['information', 'info'],
])

/** Milliseconds of each unit. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1e3],
  ['m', 60e3],
  ['h', 3600e3],
])

const DURATION = /^(?<number>\d+(?:\.\d+)?)(?<unit>ns|us|µs|ms|s|m|h)?$/
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i
const RANGE = /^(?<from>.*?)\.\.(?<to>.*)$/

/** A class of HTTP status: `status:5xx`. */
const STATUS_CLASS = /^(?<first>[1-5])xx$/i

/** The condition of a field and a value. Throws a {@link SearchError} for a value that the field cannot have. */
export function fieldCondition(token: FieldToken): Condition {
  const { field, operator, value, quoted, prefix } = token
  if (operator !== ':') {
    if (prefix) throw new SearchError(token.valueAt, `The operator ${operator} needs a number, without *`)
    return ordered(token, operator, value)
  }
  if (prefix) return value === '' ? { kind: 'field', field, is: 'exists', value: '' } : prefixCondition(token)
  if (!quoted) {
    const range = RANGE.exec(value)?.groups
    if (range !== undefined) return rangeCondition(token, range['from'] ?? '', range['to'] ?? '')
    const first = field === 'status' ? STATUS_CLASS.exec(value)?.groups?.['first'] : undefined
    if (first !== undefined)
      return allOf([ordered(token, '>=', `${first}00`), ordered(token, '<=', `${first}99`)])
  }
  return { kind: 'field', field, is: '=', value: checked(token, value) ?? value }
}

function prefixCondition({ field, value, quoted, valueAt }: FieldToken): Condition {
  if (!quoted && value.includes('*'))
    throw new SearchError(valueAt, `A * is only allowed at the end of ${JSON.stringify(value)}`)
  if (field === 'level' || field === 'duration')
    throw new SearchError(valueAt, `The field ${field} has no prefixes`)
  return { kind: 'field', field, is: 'prefix', value }
}

/** `a..b`, `a..` or `..b`: both ends are included. */
function rangeCondition(token: FieldToken, from: string, to: string): Condition {
  if (from === '' && to === '') throw new SearchError(token.valueAt, 'The range .. needs a value on one side')
  const ends: Condition[] = []
  if (from !== '') ends.push(ordered(token, '>=', from))
  if (to !== '') ends.push(ordered(token, '<=', to))
  return allOf(ends)
}

function allOf(of: readonly Condition[]): Condition {
  const [first] = of
  return of.length === 1 && first !== undefined ? first : { kind: 'all', of }
}

function ordered(token: FieldToken, is: Exclude<Operator, ':'>, value: string): Condition {
  const { field, valueAt } = token
  const known = checked(token, value)
  if (known === undefined && !NUMBER.test(value))
    throw new SearchError(
      valueAt,
      `The field ${field} can only be compared with a number, not with ${JSON.stringify(value)}; a text to search for needs quotation marks`,
    )
  return { kind: 'field', field, is, value: known ?? value }
}

/** A level, or a duration in milliseconds. `undefined` for other fields, which can have any value. */
function checked({ field, valueAt }: FieldToken, value: string): string | undefined {
  if (field === 'level') return levelOf(value, valueAt)
  return field === 'duration' ? durationOf(value, valueAt) : undefined
}

function levelOf(value: string, at: number): string {
  const level = value.toLowerCase()
  const known = LEVEL_NAMES.get(level) ?? level
  if (!LEVELS.has(known))
    throw new SearchError(at, `The level ${JSON.stringify(value)} is none of ${[...LEVELS].join(', ')}`)
  return known
}

/** Milliseconds as decimal digits. */
function durationOf(value: string, at: number): string {
  const groups = DURATION.exec(value)?.groups
  if (groups === undefined)
    throw new SearchError(
      at,
      `The duration ${JSON.stringify(value)} is not a number with ns, us, ms, s, m or h`,
    )
  const milliseconds = Number(groups['number']) * (UNITS.get(groups['unit'] ?? 'ms') ?? 1)
  // A product can have more digits than its factors, such as 0.30000000000000004.
  return String(Number(milliseconds.toPrecision(15)))
}
