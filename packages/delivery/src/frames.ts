/** The separators around and between the items of a body. */
export interface Separators {
  readonly before?: string | Uint8Array
  readonly between?: string
  readonly after?: string
}

/**
 * Creates an `encode` that concatenates items: `{ before: '[', between: ',', after: ']' }` for a JSON array,
 * `{ between: '\n', after: '\n' }` for lines.
 */
export function framed({ before = '', between = '', after = '' }: Separators) {
  const head = Buffer.from(before)
  const separator = Buffer.from(between)
  const tail = Buffer.from(after)
  return (items: readonly Uint8Array[]): Uint8Array => {
    const parts: Uint8Array[] = [head]
    for (const [i, item] of items.entries()) {
      if (i > 0 && separator.length > 0) parts.push(separator)
      parts.push(item)
    }
    parts.push(tail)
    return Buffer.concat(parts)
  }
}
