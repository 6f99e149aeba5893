/** Names that are the value of a field themselves, in a text: `{"name": "X-Api-Key", "value": "k"}`. */
import { quoted, skipSpaces, tokenEnd } from './text-scan.ts'

/** How far from its value the name of a field may stand. */
const MAX_BETWEEN = 256
/** What the field of a value is called. */
const VALUES = new Set(['value', 'values', 'val', 'Value', 'Values'])
/** The field of a name, before that of its value and behind it, with at most three others between. */
const QUOTE = String.raw`\\{0,3}["']`
const NAMED = String.raw`(?:name|key|header|field|param|path|property)(?:${QUOTE})?\s{0,4}[:=]\s{0,4}(?:${QUOTE}([^"'\\]{1,128})${QUOTE}|([\w.-]{1,128}))`
const OTHER = String.raw`(?:${QUOTE})?\w{1,32}(?:${QUOTE})?\s{0,4}:\s{0,4}(?:${QUOTE}[^"'\\]{0,128}${QUOTE}|[\w.-]{1,32})`
const NAMED_BEFORE = new RegExp(
  String.raw`\b${NAMED}(?:\s{0,4},\s{0,32}${OTHER}){0,3}\s{0,4},?\s{0,32}(?:${QUOTE})?$`,
  'i',
)
const NAMED_BEHIND = new RegExp(
  String.raw`^(?:${QUOTE})?(?:\s{0,4},\s{0,32}${OTHER}){0,3}\s{0,4},\s{0,32}(?:${QUOTE})?${NAMED}`,
  'i',
)
/** What ends a value that is no text. */
const VALUE_ENDS = ',;)]}'
/** Longer values are not looked behind. */
const MAX_VALUE = 1_024

/**
 * The name that another field tells of a field called `value`, before it or behind it. `undefined`: there is none.
 *
 * @param called what the field is called
 * @param start where it begins
 * @param after where its value begins
 * @param from how far back to look at most
 */
export function toldName(
  text: string,
  called: string,
  start: number,
  after: number,
  from: number,
): string | undefined {
  if (!VALUES.has(called)) return undefined
  const before = NAMED_BEFORE.exec(text.slice(Math.max(from, start - MAX_BETWEEN), start))
  const told = before ?? NAMED_BEHIND.exec(behindValue(text, after))
  return told?.[1] ?? told?.[2]
}

/** What follows a value. */
function behindValue(text: string, after: number): string {
  const near = text.slice(after, after + MAX_VALUE)
  const start = skipSpaces(near, 0, 8)
  const end = quoted(near, start)?.[1] ?? tokenEnd(near, start, VALUE_ENDS)
  return near.slice(end, end + MAX_BETWEEN)
}
