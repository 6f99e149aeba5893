import type { Fields } from '../seam.ts'

/** What tells errors apart, and may be no property of their own: a word or a number. */
const KINDS = ['name', 'code']
const WORD = /^[\w$.-]{1,64}$/

/**
 * An error as it may be handed on: of the same class as the one that was thrown, with what was printed of it.
 *
 * @param printed what the printer has made of it
 * @param made remembers what was printed of the errors that are made here
 * @returns what was printed, where no error was thrown
 */
export function maskedError(thrown: unknown, printed: unknown, made: WeakMap<object, unknown>): unknown {
  if (!(thrown instanceof Error) || !isFields(printed)) return printed
  if (made.has(thrown)) return thrown
  // One of its own, for `structuredClone` and the like. Its class makes it an `instanceof`.
  const error = new Error(String(printed.message))
  Object.setPrototypeOf(error, Object.getPrototypeOf(thrown) as object)
  define(error, 'stack', printed.stack, false)
  for (const [label, shown] of Object.entries(printed)) {
    if (label === 'type' || label === 'message' || label === 'stack') continue
    // The printer has the class where errors may have a field.
    const name = label === 'type_' ? 'type' : label
    const isEnumerable = Object.prototype.propertyIsEnumerable.call(thrown, name)
    define(error, name, innerErrors((thrown as unknown as Fields)[name], shown, made), isEnumerable)
  }
  for (const name of KINDS) {
    const kind = (thrown as unknown as Fields)[name]
    if (Object.hasOwn(error, name) || kind === undefined) continue
    // The class of some, such as DOMException, gives an answer for none but its own.
    if (typeof kind === 'number' || (typeof kind === 'string' && WORD.test(kind)))
      define(error, name, kind, false)
  }
  made.set(error, printed)
  return error
}

/** Causes, and the errors of an AggregateError. */
function innerErrors(value: unknown, shown: unknown, made: WeakMap<object, unknown>): unknown {
  if (Array.isArray(value) && Array.isArray(shown))
    return shown.map((each: unknown, i) =>
      value[i] instanceof Error ? maskedError(value[i], each, made) : each,
    )
  return value instanceof Error ? maskedError(value, shown, made) : shown
}

function define(error: Error, name: string, value: unknown, isEnumerable: boolean): void {
  Object.defineProperty(error, name, { value, enumerable: isEnumerable, configurable: true, writable: true })
}

function isFields(printed: unknown): printed is Fields {
  return typeof printed === 'object' && printed !== null && 'message' in printed
}
