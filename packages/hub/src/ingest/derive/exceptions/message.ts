/** Longer messages are compared by their beginnings. */
const MAX_LENGTH = 1_000

/**
 * Values in messages and what stands for them, in the order in which they are replaced. All patterns take linear time.
 */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z\d+.-]{1,15}:\/\/[^\s"'`<>]+/gi, '<url>'],
  [/[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}/g, '<mail>'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<id>'],
  // Quotes within words are apostrophes.
  [/(?<![\p{L}\p{N}])(["'`])[^"'`\n]{0,300}\1(?![\p{L}\p{N}])/gu, '<text>'],
  [/\b0x[\da-f]+\b/gi, '<hex>'],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{8,}\b/gi, '<hex>'],
  // Identifiers of letters and digits, such as `01J9ZC3T` and `cus_NffrFeUfNV2Hib`.
  [/(?<![\p{L}\p{N}])(?:\p{L}{1,8}_)?(?=\p{L}*\d\p{L}*\d)[\p{L}\d]{8,64}(?![\p{L}\p{N}])/gu, '<id>'],
  [/[+-]?\d+(?:[.,:]\d+)*(?:e[+-]?\d+)?/gi, '<n>'],
]

/**
 * A message without its values: numbers, ids, hexadecimal numbers, UUIDs, quoted texts, mail addresses and URLs are replaced by
 * what they are, and white space by single spaces.
 */
export function withoutValues(message: string): string {
  let text = message.length > MAX_LENGTH ? message.slice(0, MAX_LENGTH) : message
  for (const [pattern, name] of VALUES) text = text.replaceAll(pattern, name)
  return text.replaceAll(/\s+/g, ' ').trim()
}
