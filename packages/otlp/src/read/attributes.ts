import { type AttributeColumns, type AttributeSet, type AttributeValue, VALUE } from './columns.ts'

/**
 * The value of an attribute in columns.
 *
 * @param index index of the entry, not of a row
 * @returns integers beyond 2^53 as bigints, bytes as `Uint8Array`, and an empty value as `null`
 */
export function attributeAt(
  columns: Pick<AttributeColumns, 'types' | 'numbers'>,
  strings: readonly string[],
  index: number,
): AttributeValue {
  return cellValue(columns.types[index] ?? VALUE.empty, columns.numbers[index] ?? 0, strings)
}

/** The attributes of a row in columns. Of several attributes with the same key, the last one counts. */
export function attributesOf(
  columns: AttributeColumns,
  strings: readonly string[],
  row: number,
): AttributeSet {
  const start = columns.offsets[row] ?? 0
  const end = columns.offsets[row + 1] ?? start
  const entries: (readonly [string, AttributeValue])[] = []
  for (let index = start; index < end; index++)
    entries.push([strings[columns.keys[index] ?? 0] ?? '', attributeAt(columns, strings, index)])
  return Object.fromEntries(entries)
}

/**
 * A value as columns hold it.
 *
 * @param type one of {@link VALUE}
 * @param number the number beside it, which may be an index of `strings`
 */
export function cellValue(type: number, number: number, strings: readonly string[]): AttributeValue {
  switch (type) {
    case VALUE.string:
      return strings[number] ?? ''
    case VALUE.bool:
      return number !== 0
    case VALUE.int:
    case VALUE.double:
      return number
    case VALUE.bigint:
      return digits(strings[number] ?? '')
    case VALUE.json:
      return parsed(strings[number] ?? 'null')
    case VALUE.bytes:
      return Buffer.from(strings[number] ?? '', 'base64')
    default:
      return null
  }
}

// Texts may have been changed since they were read, when secrets in them were masked. Then they remain texts.

function digits(text: string): AttributeValue {
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : text
}

function parsed(text: string): AttributeValue {
  try {
    // The reader writes the JSON of a value, which has no other types.
    return JSON.parse(text) as AttributeValue
  } catch {
    return text
  }
}
