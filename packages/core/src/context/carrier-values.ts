/** Header values in the formats of Node.js clients. */
import { types } from 'node:util'

/** Longer headers are invalid anyway. */
const MAX_BYTES = 8_192
const MAX_VALUES = 100
/** The keys for the value in message attributes (SQS, SNS, AMQP, and Lambda's versions of them). */
const VALUE_KEYS = ['StringValue', 'stringValue', 'Value', 'value', 'BinaryValue', 'binaryValue'] as const
const TYPE_KEYS = ['DataType', 'dataType', 'Type', 'type'] as const

/** The texts of a header value: a text, a number, bytes, a message attribute, or a list of these. */
export function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) {
    const text = textOf(value)
    return text === undefined ? [] : [text]
  }
  const values = value.length > 0 && value.every(isByte) ? [Uint8Array.from(value)] : value
  return values.slice(0, MAX_VALUES).flatMap((each) => textOf(each) ?? [])
}

/** The text of a single value. `undefined`: it has none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (ArrayBuffer.isView(value)) return decoded(value.buffer, value.byteOffset, value.byteLength)
  if (types.isAnyArrayBuffer(value)) return decoded(value, 0, value.byteLength)
  if (types.isStringObject(value)) return String(value)
  return attributeText(value)
}

/** The text of an attribute such as `{ DataType, StringValue }`, or of a buffer that was serialised as JSON. */
function attributeText(attribute: object): string | undefined {
  const { type, data } = attribute as { readonly type?: unknown; readonly data?: unknown }
  if (type === 'Buffer' && Array.isArray(data) && data.every(isByte)) return textOf(Uint8Array.from(data))
  const key = VALUE_KEYS.find((each) => (attribute as Record<string, unknown>)[each] != null)
  const value = key && (attribute as Record<string, unknown>)[key]
  // Lambda passes bytes as base64.
  if (key === 'binaryValue' && typeof value === 'string') return textOf(Buffer.from(value, 'base64'))
  // Attributes are only one level deep.
  return typeof value === 'object' && !ArrayBuffer.isView(value) ? undefined : textOf(value)
}

/**
 * The format for a new value among existing ones: texts, or attributes such as `{ DataType: 'String', StringValue }`.
 *
 * @param example an existing value
 */
export function wrapLike(example: unknown): ((text: string) => unknown) | undefined {
  if (typeof example !== 'object' || example === null) return undefined
  const has = (key: string) => Object.hasOwn(example, key)
  const typeKey = TYPE_KEYS.find(has)
  const valueKey = VALUE_KEYS.find(has)
  if (typeKey === undefined || valueKey === undefined) return undefined
  const type = String((example as Record<string, unknown>)[typeKey])
  const texts = type === type.toLowerCase() ? 'string' : 'String'
  // An attribute of bytes has a different key for texts.
  const textKey = valueKey.replace(/^Binary/, 'String').replace(/^binary/, 'string')
  return (text) => ({ [typeKey]: texts, [textKey]: text })
}

function decoded(buffer: ArrayBufferLike, offset: number, length: number): string | undefined {
  return length > MAX_BYTES ? undefined : Buffer.from(buffer, offset, length).toString()
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}
