import type { Logger } from 'pino'

import type { Fields } from '../seam.ts'
import { formatted, type Placing } from './format.ts'
import type { LineShape } from './line-shape.ts'
import { privatePart, type Serializers } from './pino-parts.ts'
import type { Printer } from './printer.ts'

/** What one call of a logger says, made safe. */
export interface Said {
  readonly fields: Fields
  /** As text, or as the value that stands in its place. `undefined`: pino finds one, if any. */
  readonly message: unknown
}

/** What calls are read with. */
export interface CallReading {
  readonly printer: Printer
  readonly shape: LineShape
  /** Names that a field of a call cannot have, because the logger or its context writes them. */
  readonly reserved: ReadonlySet<string>
  /** These, and that of the message. */
  readonly reservedBesideMessage: ReadonlySet<string>
}

export const NO_FIELDS: Fields = {}
const NO_VALUES: readonly unknown[] = []

/**
 * Reads the arguments of one call as pino does: the same message, and the same fields.
 *
 * @param serializers those of the logger's user
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

/** Fields as they are shown: serialised, masked and within bounds. What throws becomes a text that says so. */
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
    // What cannot even be asked for its names: the printer says so.
  }
  return printer.fields(own, reserved)
}

function serialized(fields: object, serializers: Serializers, { errorKey, messageKey }: LineShape): object {
  const isSerialized = Object.keys(serializers).some(
    (name) => Object.hasOwn(fields, name) || (name === 'err' && Object.hasOwn(fields, errorKey)),
  )
  if (!isSerialized) return fields
  const serializerOf = (name: string) => {
    // That of the message is called by pino, wherever the message stands.
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
      // The printer says what has been thrown.
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

/** The names of pino's own serializers of errors: each copy of pino has functions of its own. */
const ERROR_SERIALIZERS = new Set(['errSerializer', 'errWithCauseSerializer'])

/** A serializer of the application's. pino's own ones of errors know less about them than the printer. */
export function ownSerializer(serializers: Serializers, name: string): Serializers[string] | undefined {
  const serializer = Object.hasOwn(serializers, name) ? serializers[name] : undefined
  return typeof serializer !== 'function' || ERROR_SERIALIZERS.has(serializer.name) ? undefined : serializer
}

/** pino gives a name to node's objects: handed over alone they would be a line of all that node keeps in them. */
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

/** @param start where the message begins, behind which its values stand */
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
  // pino writes its prefix before the text of whatever stands in the place of the message.
  if (writer.msgPrefix) return formatted(placing.text(format), values, placing)
  return values.length > 0 ? [format, ...values].map(placing.json).join(' ') : printer.value(format)
}

/** pino takes the message of an error where there is no other, without its prefix. */
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

/** What pino would write, with masks where a name in it or the shape of a text is that of a secret. */
function json(value: unknown, writer: Logger, printer: Printer): string {
  if (typeof value === 'function') return value.name || '<anonymous>'
  if (typeof value === 'object' && value !== null && (isRequest(value) || isResponse(value)))
    return JSON.stringify(printer.value(value))
  const { stringify = JSON.stringify } = privatePart(writer, 'formatOpts') as {
    stringify?: (value: unknown) => string | undefined
  }
  // JSON has nothing for a symbol.
  const text = String(stringify(value))
  if (typeof value !== 'object' || value === null || text === 'undefined') return text
  const plain: unknown = JSON.parse(text)
  const printed = JSON.stringify(printer.value(plain))
  return printed === JSON.stringify(plain) ? text : printed
}

/** What a value of the application's says of itself; where it throws, that it does. */
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
