import { CENSOR, createSecrets } from '@sightline/secrets'

/** Checks a value. Returns the allowed values if it is wrong, `undefined` if it is right. */
export type Requirement = (value: unknown) => string | undefined

/** The maximum of node's timers. */
const MAX_TIMER_MS = 2_147_483_647

/** Not empty. */
export const text: Requirement = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that is not empty'

export const yesOrNo: Requirement = (value) => (typeof value === 'boolean' ? undefined : 'true or false')

/** A path on this service; `false` disables it. */
export const path: Requirement = (value) =>
  value === false || (typeof value === 'string' && /^\/[^?#\s]*$/.test(value))
    ? undefined
    : 'a path such as /metrics, or false'

/** A number of at least `least`, within the range of a timer. */
export const millisecondsFrom =
  (least: number): Requirement =>
  (value) =>
    typeof value === 'number' && value >= least && value <= MAX_TIMER_MS
      ? undefined
      : `a number of milliseconds from ${least} to ${MAX_TIMER_MS}`

export const milliseconds = millisecondsFrom(0)

/** 0 is any free port. */
export const port: Requirement = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535
    ? undefined
    : 'a port from 0 to 65535'

export const seconds: Requirement = (value) =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'a number of seconds above 0'

export const count: Requirement = (value) =>
  Number.isInteger(value) && (value as number) > 0 ? undefined : 'a whole number above 0'

/** A share from 0 to 1. */
export const share: Requirement = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'a number from 0 to 1'

/** An object with a valid value per name. */
export const namesOf =
  (item: Requirement, what: string): Requirement =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => item(each) === undefined)
      ? undefined
      : `an object of ${what}`

/** @param what the argument of the function, such as `a request` */
export const functionOf =
  (what: string): Requirement =>
  (value) =>
    typeof value === 'function' ? undefined : `a function of ${what}`

/** Functions by name. */
export const functions = namesOf(functionOf('a value'), 'functions')

export const oneOf =
  (...allowed: readonly string[]): Requirement =>
  (value) =>
    allowed.includes(value as string) ? undefined : `one of ${allowed.join(', ')}`

export const listOf =
  (item: Requirement, what: string): Requirement =>
  (value) =>
    Array.isArray(value) && value.every((each) => item(each) === undefined) ? undefined : `a list of ${what}`

/** Duck typing, since users bring their own clients. */
export const objectWith =
  (what: string, ...methods: readonly string[]): Requirement =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
      ? undefined
      : what

/** An option without a counterpart: always rejected. The reason names the alternative. */
export const leftOut =
  (instead: string): Requirement =>
  () =>
    `left out: ${instead}`

/** Seconds, in ascending order. */
export const ascending: Requirement = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each, i) => seconds(each) === undefined && (i === 0 || each > value[i - 1]))
    ? undefined
    : 'a list of ascending numbers of seconds above 0'

/** The known options with their requirements. A group is a nested table. */
export interface Table {
  readonly [option: string]: Requirement | Table | Switch | Renamed
}

/** The old name of an option: it is refused with the new one. */
export class Renamed {
  readonly instead: string

  /** @param instead the new name, and what has changed beside it: `stats.period, in milliseconds` */
  constructor(instead: string) {
    this.instead = instead
  }
}

/** A group that may also be `true` (all defaults) or `false`. */
export class Switch {
  readonly group: Table

  constructor(group: Table) {
    this.group = group
  }
}

/**
 * Validates options.
 *
 * @throws {TypeError} one sentence that names the option, its value, and what is allowed
 */
export function checkOptions(options: unknown, table: Table, where: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`Sightline: ${where} is ${shown(options)}, but must be an object`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const expected = Object.hasOwn(table, name) ? table[name] : undefined
    const full = where === 'option' ? `option ${name}` : `${where}.${name}`
    if (expected === undefined) {
      const names = Object.keys(table).filter((each) => !(table[each] instanceof Renamed))
      throw new TypeError(`Sightline: ${full} does not exist: there are ${names.join(', ')}`)
    }
    if (expected instanceof Renamed)
      throw new TypeError(`Sightline: ${full} has been renamed: use ${expected.instead}`)
    if (typeof expected !== 'function') {
      if (!(expected instanceof Switch)) checkOptions(value, expected, full)
      else if (typeof value !== 'boolean') checkOptions(value, expected.group, full)
      continue
    }
    const allowed = expected(value)
    if (allowed !== undefined)
      throw new TypeError(`Sightline: ${full} is ${shown(value, name)}, but must be ${allowed}`)
  }
}

/** A value for use in an error sentence: without recognizable secrets, at any depth. */
export function shown(value: unknown, name = ''): string {
  const { hides, mask } = createSecrets([])
  if (hides(name, value)) return CENSOR
  if (typeof value === 'function') return 'a function'
  // JSON has no form for numbers that are not finite.
  if (typeof value === 'number') return String(value)
  const shownIn = (key: string, each: unknown) => {
    if (hides(key, each)) return CENSOR
    return typeof each === 'string' ? mask(each) : finiteOrNamed(key, each)
  }
  try {
    return mask(JSON.stringify(value, shownIn) ?? String(value))
  } catch {
    return String(value)
  }
}

function finiteOrNamed(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
