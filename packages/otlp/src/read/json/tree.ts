import type { Field } from '../../writer.ts'
import { OtlpError } from '../reader.ts'

/** A message in JSON. */
export type Message = Readonly<Record<string, unknown>>

/**
 * Nesting of brackets that is still parsed: the parser's memory grows with each level. A value of 64 levels takes four levels of
 * brackets each.
 */
const MAX_BRACKETS = 320
/** Up to this size, any nesting takes little time and memory. */
const HARMLESS_BYTES = 524_288

const utf8 = new TextDecoder()

/** Parses a body. @throws {OtlpError} if it is not an object in JSON. */
export function parse(body: Uint8Array): Message {
  if (body.length > HARMLESS_BYTES && isTooDeep(body))
    throw new OtlpError('The body has JSON that is nested too deep.')
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8.decode(body))
  } catch {
    throw new OtlpError('The body is not JSON.')
  }
  return messageOf(parsed, 'body')
}

function isTooDeep(body: Uint8Array): boolean {
  let depth = 0
  let isText = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]
    if (isText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) isText = false
    } else if (byte === 0x22) isText = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_BRACKETS) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

/** The value of a field by its JSON name or its original one. `null` is the same as an absent field. */
export function valueOf(message: Message, { name, original }: Field): unknown {
  return message[name] ?? message[original] ?? undefined
}

/** The message in a field. `undefined` if it is absent. */
export function messageIn(message: Message, field: Field): Message | undefined {
  const value = valueOf(message, field)
  return value === undefined ? undefined : messageOf(value, field.name)
}

/** The messages in a list. */
export function messagesIn(message: Message, field: Field): readonly Message[] {
  const list = listIn(message, field)
  for (const item of list) messageOf(item, field.name)
  // All items have just been found to be messages.
  return list as readonly Message[]
}

/** The values in a list. */
export function listIn(message: Message, field: Field): readonly unknown[] {
  const value = valueOf(message, field)
  if (value === undefined) return []
  if (!Array.isArray(value)) throw wrong(field.name, 'a list')
  return value
}

/** The text in a field. Empty if it is absent. */
export function textIn(message: Message, field: Field): string {
  const value = valueOf(message, field)
  if (value === undefined) return ''
  if (typeof value !== 'string') throw wrong(field.name, 'a text')
  return value
}

/** An error about a value of the wrong type. */
export function wrong(name: string, what: string): OtlpError {
  return new OtlpError(`The field ${name} is not ${what}.`)
}

function messageOf(value: unknown, name: string): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object')
  // An object of JSON has texts as keys.
  return value as Message
}
