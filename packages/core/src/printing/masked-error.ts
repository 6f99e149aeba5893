import type { Fields } from '../seam.ts'

/** Fields that distinguish errors, and may be inherited: a word or a number. */
const KINDS = ['name', 'code']
const WORD = /^[\w$.-]{1,64}$/

/**
 * A masked copy of an error that can be passed on: the same class as the thrown error, with the printed
 * content.
 *
 * @param printed the printer's output for the error
 * @param made remembers the printed content of copies
 * @returns `printed`, if the thrown value is no error
 */
export function maskedError(thrown: unknown, printed: unknown, made: WeakMap<object, unknown>): unknown {
  if (!(thrown instanceof Error) || !isFields(printed)) return printed
  if (made.has(thrown)) return thrown
  // A real error object, for `structuredClone` and the like. The prototype makes it an `instanceof` its
  // class.
  const error = new Error(String(printed.message))
  Object.setPrototypeOf(error, Object.getPrototypeOf(thrown) as object)
  define(error, 'stack', printed.stack, false)
  for (const [label, shown] of Object.entries(printed)) {
    if (label === 'type' || label === 'message' || label === 'stack') continue
    // The printer uses `type` for the class, and renames a field `type`.
    const name = label === 'type_' ? 'type' : label
    const isEnumerable = Object.prototype.propertyIsEnumerable.call(thrown, name)
    define(error, name, innerErrors((thrown as unknown as Fields)[name], shown, made), isEnumerable)
  }
  for (const name of KINDS) {
    const kind = (thrown as unknown as Fields)[name]
    if (Object.hasOwn(error, name) || kind === undefined) continue
    // Some classes, such as DOMException, have getters that fail on other objects.
    if (typeof kind === 'number' || (typeof kind === 'string' && WORD.test(kind)))
      define(error, name, kind, false)
  }
  made.set(error, printed)
  return error
}

/** Copies causes, and the errors of an AggregateError. */
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
