import { ACCESS_FIELDS, LINE_FIELDS, OCCASIONAL_FIELDS } from '../record/access-fields.ts'
import type { Fields } from '../seam.ts'
import { Remembered } from '../secrets/remembered.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { isPlain } from './contents.ts'
import { maskedError } from './masked-error.ts'
import { isValueOfSecret } from './named-values.ts'
import { createTexts, MAX_TEXT } from './texts.ts'
import { createValues, define, isError, MAX_ITEMS, MAX_NODES, newBudget } from './values.ts'

/** Bounds what an endless variety of clients can make us remember. */
const REMEMBERED_TEXTS = 1_000
const REMEMBERED_LENGTH = 512

/** Names that a line has already. A field of such a name gets an underscore behind it, so that no line is forged. */
const RESERVED: ReadonlySet<string> = new Set(LINE_FIELDS)
/** The same for fields of a request. */
const RESERVED_IN_REQUEST: ReadonlySet<string> = new Set([
  ...LINE_FIELDS,
  ...ACCESS_FIELDS,
  ...OCCASIONAL_FIELDS,
])

/** Printed fields under names that the access event does not use itself. */
export function besideEvent(fields: Fields): Fields {
  const names = Object.keys(fields)
  if (!names.some((name) => RESERVED_IN_REQUEST.has(name))) return fields
  return Object.fromEntries(
    names.map((name) => [RESERVED_IN_REQUEST.has(name) ? `${name}_` : name, fields[name]]),
  )
}

/** Turns anything into something that JSON can hold, without secrets, within bounds, and without changing the original. */
export interface Printer {
  /** A copy of a value: plain objects, arrays, texts, numbers, booleans and null. Never throws. */
  value(value: unknown): unknown
  /** Whether the value of a field of this name must not be shown. */
  hides(name: string, value: unknown): boolean
  /** A text with its secrets masked, however long. */
  mask(text: string): string
  /** A text with its secrets masked, cut where it is too long. */
  text(text: string): string
  /** The same of a text that many requests have, such as the name of a client: made once. */
  remembered(text: string): string
  /** The first so many characters of a text, masked; what stands behind them may tell what is a secret in them. */
  beginning(text: string, length: number): string
  /**
   * A copy of what was thrown, as it may be handed on: of an error another error of the same class, whose message, stack and
   * properties are masked; else the same as `value`. Printing it again changes nothing. Never throws.
   */
  error(thrown: unknown): unknown
  /** The path of a request, masked, also where its route says that a part of it is a secret: `/reset/:token`. */
  path(path: string, route: string | undefined): string
  /** Tells of a route before anybody has asked for it: the values of its secret parameters are masked in texts as well. */
  know(route: string): void
  /**
   * Copies fields for a log line.
   *
   * @param reserved names that the line has already. Default: those of a line in Sightline's own format
   */
  fields(fields: object, reserved?: ReadonlySet<string>): Fields
  /** Copies fields into those of a request or job, under names that its access event does not use itself. */
  addTo(target: Fields, fields: Fields): void
}

/** Makes the printer of one Sightline. */
export function createPrinter(secrets: Secrets): Printer {
  /** Errors that were made here, and what was printed of them. */
  const errors = new WeakMap<object, unknown>()
  const texts = createTexts(secrets)
  const { printed, add, reason } = createValues(secrets, texts, errors)
  const remembered = new Remembered((full: string) => texts.text(full), REMEMBERED_TEXTS)

  function value(from: unknown): unknown {
    try {
      return printed(from, 0, newBudget())
    } catch (error) {
      return `[unreadable: ${reason(error)}]`
    }
  }

  function fields(
    source: object,
    target: Fields,
    reserved: ReadonlySet<string>,
    maxNames = MAX_NODES,
  ): Fields {
    const left = newBudget()
    let names: string[]
    let shown: Fields | undefined
    try {
      // A request or a map that is handed over as the fields of a line.
      if (!Array.isArray(source) && !isPlain(source) && !isError(source))
        shown = fieldsOf(printed(source, 0, left))
      names = Object.keys(shown ?? source)
    } catch (error) {
      target.unreadable = reason(error)
      return target
    }
    left.open.add(source)
    for (const name of names) {
      // pino looks names up in plain objects, where it would find `constructor` and `__proto__`.
      const taken = reserved.has(name) || name in Object.prototype
      const label = taken ? `${name}_` : name
      // A request that is told ever new names keeps the first ones, and the latest values of those.
      if (!Object.hasOwn(target, label) && Object.keys(target).length >= maxNames) target['…'] = '[truncated]'
      else if (shown) define(target, label, shown[name])
      else if (
        !add(target, label, () => (source as Fields)[name], 0, left, isValueOfSecret(name, source, secrets))
      )
        break
    }
    return target
  }

  return {
    text: (full) => texts.text(full),
    beginning: (full, length) => texts.beginning(full, length),
    remembered: (full) => (full.length > REMEMBERED_LENGTH ? texts.text(full) : remembered.get(full)),
    value,
    error(thrown) {
      const shown = value(thrown)
      try {
        return maskedError(thrown, shown, errors)
      } catch {
        // It may throw at every touch.
        return shown
      }
    },
    hides: secrets.hides,
    mask: secrets.mask,
    know: secrets.know,
    path: (path, route) => texts.text(path, MAX_TEXT, (full) => secrets.maskPath(full, route)),
    fields: (source, reserved = RESERVED) => fields(source, {}, reserved),
    addTo: (target, source) => void fields(source, target, RESERVED_IN_REQUEST, MAX_ITEMS),
  }
}

/** What was printed, as fields. */
function fieldsOf(shown: unknown): Fields {
  return typeof shown === 'object' && shown !== null && !Array.isArray(shown)
    ? (shown as Fields)
    : { value: shown }
}
