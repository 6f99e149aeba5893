import type { Attributes, AttributeValue, Span as ApiSpan } from '@opentelemetry/api'

import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/** The span of a running operation. */
export interface Span {
  /**
   * Adds fields. They are copied and masked. A value is written as JSON unless it is a text, a number, a boolean or a
   * list of one of these.
   */
  set(fields: Fields): void
  /** Records an event at the current time. */
  event(name: string, fields?: Fields): void
}

/** The span of an operation that is not recorded. */
export const UNRECORDED: Span = Object.freeze({ set() {}, event() {} })

/** A span that is recorded through the API. */
export function liveSpan(span: ApiSpan, printer: Printer): Span {
  const attributes = (fields: Fields) => attributesOf(printer.value(fields))
  return {
    set: (fields) => void span.setAttributes(attributes(fields)),
    event: (name, fields) => void span.addEvent(name, fields && attributes(fields)),
  }
}

/**
 * Converts fields to attributes.
 *
 * @param printed the printer's output for fields: plain, or a text if they could not be read
 */
export function attributesOf(printed: unknown): Attributes {
  if (typeof printed !== 'object' || printed === null) return {}
  const attributes: Attributes = {}
  for (const [name, value] of Object.entries(printed)) {
    if (value !== null) attributes[name] = attributeValue(value)
  }
  return attributes
}

function attributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (isPlainList(value)) return value
  return JSON.stringify(value)
}

/** Whether a list is valid as an attribute: all texts, all numbers, or all booleans. */
function isPlainList(value: unknown): value is string[] | number[] | boolean[] {
  if (!Array.isArray(value)) return false
  const type = typeof value[0]
  return (
    (type === 'string' || type === 'number' || type === 'boolean') &&
    value.every((item) => typeof item === type)
  )
}
