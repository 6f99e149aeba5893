import { Remembered } from '@sightline/secrets'
import type { Secrets } from '@sightline/secrets'

import { ACCESS_FIELDS, LINE_FIELDS, OCCASIONAL_FIELDS } from '../record/access-fields.ts'
import type { Fields, Masking } from '../seam.ts'
import { isPlain } from './contents.ts'
import { maskedError } from './masked-error.ts'
import { isValueOfSecret } from './named-values.ts'
import { createTexts, MAX_TEXT } from './texts.ts'
import { createValues, define, isError, MAX_ITEMS, MAX_NODES, newBudget } from './values.ts'

/** Limit of the cache, against an endless variety of clients. */
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

/** Converts any value to JSON-compatible data: without secrets, bounded, without changing the original. */
export interface Printer extends Masking {
  /** Masks a text that many requests share, such as a user agent. The result is cached. */
  remembered(text: string): string
  /**
   * The first `length` characters of a text, masked. The text after them is read as well, since it may reveal
   * a secret in them.
   */
  beginning(text: string, length: number): string
  /** Masks the path of a request, including secret parameters of its route: `/reset/:token`. */
  path(path: string, route: string | undefined): string
  /** Registers a route before its first request, so that its secret parameters are also masked in texts. */
  know(route: string): void
  /**
   * Copies fields for a log line.
   *
   * @param reserved names already used by the line. Default: those of Sightline's own format
   */
  fields(fields: object, reserved?: ReadonlySet<string>): Fields
  /** Adds fields to those of a request or job, under names that its access event does not use. */
  addTo(target: Fields, fields: Fields): void
}

/** Creates the printer of one Sightline. */
export function createPrinter(secrets: Secrets): Printer {
  /** The errors made by this printer, with their printed content. */
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
      // A request or a map used as the fields of a line.
      if (!Array.isArray(source) && !isPlain(source) && !isError(source))
        shown = fieldsOf(printed(source, 0, left))
      names = Object.keys(shown ?? source)
    } catch (error) {
      target.unreadable = reason(error)
      return target
    }
    left.open.add(source)
    for (const name of names) {
      // pino looks up names in plain objects, which inherit `constructor` and `__proto__`.
      const taken = reserved.has(name) || name in Object.prototype
      const label = taken ? `${name}_` : name
      // A request with too many names keeps the first ones, with their latest values.
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
        // The thrown value may throw at every access.
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

/** Printed content as fields. */
function fieldsOf(shown: unknown): Fields {
  return typeof shown === 'object' && shown !== null && !Array.isArray(shown)
    ? (shown as Fields)
    : { value: shown }
}
