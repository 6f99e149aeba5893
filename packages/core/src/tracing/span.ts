import type { Attributes, AttributeValue, Span as ApiSpan } from '@opentelemetry/api'

import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/** What is told of an operation while it is under way. */
export interface Span {
  /** Adds fields. They are copied and masked; what is no text, number, boolean or list of these is written as JSON. */
  set(fields: Fields): void
  /** Records that something has happened now. */
  event(name: string, fields?: Fields): void
}

/** The span of an operation that nobody records. */
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
 * Makes attributes of fields.
 *
 * @param printed what the printer has made of some fields: plain, or a text where they could not be read
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

/** Whether a list can be an attribute: all its items are texts, or all numbers, or all booleans. */
function isPlainList(value: unknown): value is string[] | number[] | boolean[] {
  if (!Array.isArray(value)) return false
  const type = typeof value[0]
  return (
    (type === 'string' || type === 'number' || type === 'boolean') &&
    value.every((item) => typeof item === type)
  )
}
