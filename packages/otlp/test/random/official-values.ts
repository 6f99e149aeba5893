import type { Message } from '@sightline/servers/otlp'

/** A value as data. */
function plain(value: Message | undefined): unknown {
  if (value === undefined) return null
  if (value.stringValue !== undefined) return value.stringValue
  if (value.boolValue !== undefined) return value.boolValue
  if (value.intValue !== undefined) {
    const number = Number(value.intValue)
    return Number.isSafeInteger(number) ? number : BigInt(value.intValue)
  }
  if (value.doubleValue !== undefined) return value.doubleValue
  if (value.bytesValue !== undefined) return Uint8Array.from(Buffer.from(value.bytesValue, 'hex'))
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain)
  if (value.kvlistValue !== undefined) return set(value.kvlistValue.values)
  return null
}

/** Attributes as data. */
export function set(pairs: readonly Message[] | undefined): Record<string, unknown> {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key ?? '', plain(value)]))
}

/** What the JSON text of a value says. */
function parsed(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(parsed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, parsed(held)]))
}

/** A value with its type. */
export function typed(value: Message | undefined): readonly unknown[] {
  const data = plain(value)
  if (data === null) return ['empty', null]
  if (typeof data === 'string') return ['string', data]
  if (typeof data === 'boolean') return ['bool', data]
  if (typeof data === 'bigint') return ['bigint', String(data)]
  if (typeof data === 'number') return [value?.intValue === undefined ? 'double' : 'int', data]
  if (data instanceof Uint8Array) return ['bytes', Buffer.from(data).toString('base64')]
  return ['json', parsed(data)]
}

/** Attributes with the types of their values. */
export function attributes(list: readonly Message[] | undefined): unknown[] {
  return (list ?? []).map(({ key, value }) => [key ?? '', ...typed(value)])
}

/** Whether an id in hexadecimal digits has this number of bytes, and is not zero. */
export const isId = (digits: string | undefined, size: number): boolean =>
  digits?.length === 2 * size && !/^0*$/.test(digits)
/** The id, or zeros for an invalid one. */
export const idOr0 = (digits: string | undefined, size: number): string =>
  isId(digits, size) ? (digits ?? '') : '0'.repeat(2 * size)
/** An enum's number, or 0 for an unknown one. */
export const known = (value: number | undefined, last: number): number =>
  value !== undefined && value <= last ? value : 0
