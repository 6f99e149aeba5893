import type { Logger } from 'pino'

import { formatted, type Placing } from '../pino/format.ts'
import type { LineShape } from '../pino/line-shape.ts'
import { privatePart, type Serializers } from '../pino/pino-parts.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/** The content of one logger call, masked and printed. */
export interface Said {
  readonly fields: Fields
  /** A text, or the value in its place. `undefined`: pino derives the message, if there is one. */
  readonly message: unknown
}

/** The parts that reading a call needs. */
export interface CallReading {
  readonly printer: Printer
  readonly shape: LineShape
  /** Names that a field of a call cannot have, because the logger or its context writes them. */
  readonly reserved: ReadonlySet<string>
  /** The same names and the message's name. */
  readonly reservedBesideMessage: ReadonlySet<string>
}

export const NO_FIELDS: Fields = {}
const NO_VALUES: readonly unknown[] = []

/**
 * Reads the arguments of one call as pino does: the same message, the same fields.
 *
 * @param serializers the serializers of the application
 */
export function saidBy(
  writer: Logger,
  args: readonly unknown[],
  serializers: Serializers,
  reading: CallReading,
): Said {
  const { printer, shape } = reading
  const [first] = args
  if (typeof first === 'object' && first !== null) {
    const message = messageOf(writer, args, 1, printer)
    const fields = first instanceof Error ? { [shape.errorKey]: first } : namedAsPinoDoes(first)
    const names = message === undefined ? reading.reserved : reading.reservedBesideMessage
    return {
      fields: printedFields(fields, serializers, printer, shape, names),
      message: message === undefined ? messageOfError(writer, fields, reading) : message,
    }
  }
  if (first === null && args.length === 1) return { fields: NO_FIELDS, message: null }
  const start = first === undefined || first === null ? 1 : 0
  return { fields: NO_FIELDS, message: messageOf(writer, args, start, printer) }
}

/** Fields as the line shows them: serialised, masked and bounded. A text replaces a value that throws. */
export function printedFields(
  fields: object,
  serializers: Serializers,
  printer: Printer,
  shape: LineShape,
  reserved: ReadonlySet<string>,
): Fields {
  let own = fields
  try {
    own = serialized(fields, serializers, shape)
  } catch {
    // The fields do not even list their names. The printer reports this.
  }
  return printer.fields(own, reserved)
}

function serialized(fields: object, serializers: Serializers, { errorKey, messageKey }: LineShape): object {
  const isSerialized = Object.keys(serializers).some(
    (name) => Object.hasOwn(fields, name) || (name === 'err' && Object.hasOwn(fields, errorKey)),
  )
  if (!isSerialized) return fields
  const serializerOf = (name: string) => {
    // pino itself calls the serializer of the message.
    if (name === messageKey) return undefined
    return (
      ownSerializer(serializers, name) ?? (name === errorKey ? ownSerializer(serializers, 'err') : undefined)
    )
  }
  const copy = Object.create(null) as Fields
  for (const name of Object.keys(fields)) {
    try {
      const value = (fields as Fields)[name]
      const serializer = serializerOf(name)
      copy[name] = serializer ? serializer(value) : value
    } catch (error) {
      // The printer reports the error.
      Object.defineProperty(copy, name, {
        enumerable: true,
        get() {
          throw error
        },
      })
    }
  }
  return copy
}

/** The names of pino's own error serializers. Each copy of pino has its own functions, so they are compared by name. */
const ERROR_SERIALIZERS = new Set(['errSerializer', 'errWithCauseSerializer'])

/** A serializer of the application. `undefined` for pino's own error serializers, which print less than the printer. */
export function ownSerializer(serializers: Serializers, name: string): Serializers[string] | undefined {
  const serializer = Object.hasOwn(serializers, name) ? serializers[name] : undefined
  return typeof serializer !== 'function' || ERROR_SERIALIZERS.has(serializer.name) ? undefined : serializer
}

/** Names node's requests and responses as pino does. Without a name, a line would contain all of node's internals. */
function namedAsPinoDoes(first: object): object {
  if (isRequest(first)) return { req: first }
  return isResponse(first) ? { res: first } : first
}

function isRequest(value: object): boolean {
  try {
    const { method, headers, socket } = value as { method?: unknown; headers?: unknown; socket?: unknown }
    return Boolean(method && headers && socket)
  } catch {
    return false
  }
}

function isResponse(value: object): boolean {
  try {
    return typeof (value as { setHeader?: unknown }).setHeader === 'function'
  } catch {
    return false
  }
}

/** @param start the index of the message; its values follow */
function messageOf(writer: Logger, args: readonly unknown[], start: number, printer: Printer): unknown {
  const format = args[start]
  const values = args.length > start + 1 ? args.slice(start + 1) : NO_VALUES
  if (typeof format === 'string')
    return values.length === 0 ? format : formatted(format, values, placingOf(writer, printer))
  if (
    format === null ||
    (typeof format !== 'object' && typeof format !== 'function' && typeof format !== 'symbol')
  )
    return format
  const placing = placingOf(writer, printer)
  // pino writes its prefix before the text of any value in the message's place.
  if (writer.msgPrefix) return formatted(placing.text(format), values, placing)
  return values.length > 0 ? [format, ...values].map(placing.json).join(' ') : printer.value(format)
}

/** Without another message, pino takes the error's message, without its prefix. */
function messageOfError(writer: Logger, fields: object, { printer, shape }: CallReading): unknown {
  if (writer.msgPrefix) return undefined
  try {
    const { [shape.messageKey]: message, [shape.errorKey]: error } = fields as Fields
    if (message !== undefined || !error) return undefined
    const { message: own } = error as { message?: unknown }
    return typeof own === 'string' ? own : printer.value(own)
  } catch {
    return undefined
  }
}

function placingOf(writer: Logger, printer: Printer): Placing {
  return {
    text: (value) => attempt(() => String(value), printer),
    number(value) {
      try {
        return Number(value)
      } catch {
        return Number.NaN
      }
    },
    json: (value) => attempt(() => json(value, writer, printer), printer),
  }
}

/** The JSON that pino would write, with secrets masked by name and by shape. */
function json(value: unknown, writer: Logger, printer: Printer): string {
  if (typeof value === 'function') return value.name || '<anonymous>'
  if (typeof value === 'object' && value !== null && (isRequest(value) || isResponse(value)))
    return JSON.stringify(printer.value(value))
  const { stringify = JSON.stringify } = privatePart(writer, 'formatOpts') as {
    stringify?: (value: unknown) => string | undefined
  }
  // JSON has no form for a symbol.
  const text = String(stringify(value))
  if (typeof value !== 'object' || value === null || text === 'undefined') return text
  const plain: unknown = JSON.parse(text)
  const printed = JSON.stringify(printer.value(plain))
  return printed === JSON.stringify(plain) ? text : printed
}

/** The text that the value's own code returns. If that code throws, a text that says so. */
function attempt(say: () => string, printer: Printer): string {
  try {
    return say()
  } catch (error) {
    return String(
      printer.value({
        toJSON() {
          throw error
        },
      }),
    )
  }
}
