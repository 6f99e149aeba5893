/** The length of a label value, in characters. A longer one would be held for good, and sent with each scrape. */
export const MAX_LABEL_LENGTH = 1_024

/** Cuts a label value that is too long, with a mark at its end. A character of two code units stays whole. */
export function boundedLabel(value: string): string {
  if (value.length <= MAX_LABEL_LENGTH) return value
  const last = value.charCodeAt(MAX_LABEL_LENGTH - 1)
  const isHalf = last >= 0xd800 && last <= 0xdbff
  return `${value.slice(0, isHalf ? MAX_LABEL_LENGTH - 1 : MAX_LABEL_LENGTH)}…`
}
