/**
 * The end of a text in UTF-8 that is cut before `end`: not within a character.
 *
 * @param start start of the text
 */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end; at > start && at > end - 4; at--) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at
  return end
}

/** The start of a text that takes at most `limit` bytes in UTF-8. The text itself if it is not longer. */
export function cut(text: string, limit: number): string {
  if (3 * text.length <= limit || Buffer.byteLength(text) <= limit) return text
  // Each UTF-16 code unit takes at least one byte.
  const bytes = Buffer.from(text.slice(0, limit + 1))
  return bytes.toString('utf8', 0, bytes.length > limit ? textEnd(bytes, 0, limit) : bytes.length)
}
