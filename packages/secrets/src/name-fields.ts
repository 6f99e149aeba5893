/** Finds names that are themselves values of a field in a text: `{"name": "X-Api-Key", "value": "k"}`. */
import { quoted, skipSpaces, tokenEnd } from './text-scan.ts'

/** Maximum distance between the field with the name and the value. */
const MAX_BETWEEN = 256
/** Names of the field with the value. */
const VALUES = new Set(['value', 'values', 'val', 'Value', 'Values'])
/** The field with the name, before or after the field with the value, with at most three other fields in between. */
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
/** Characters that end an unquoted value. */
const VALUE_ENDS = ',;)]}'
/** After a longer value, no name is searched. */
const MAX_VALUE = 1_024

/**
 * The name in the field beside a field `value`. `undefined`: there is none.
 *
 * @param called the name of the value's field
 * @param start position of that field
 * @param after position of its value
 * @param from the earliest position to read
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

/** The text after a value. */
function behindValue(text: string, after: number): string {
  const near = text.slice(after, after + MAX_VALUE)
  const start = skipSpaces(near, 0, 8)
  const end = quoted(near, start)?.[1] ?? tokenEnd(near, start, VALUE_ENDS)
  return near.slice(end, end + MAX_BETWEEN)
}
