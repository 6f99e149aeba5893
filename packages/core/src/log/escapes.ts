/**
 * Characters that end a line for some readers of logs, or that drive a terminal: DEL and the C1 controls (U+0085 among
 * them), U+2028, U+2029, and those that change the direction of text. JSON allows them as they are.
 */
const HARMFUL = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const EACH_HARMFUL = new RegExp(HARMFUL, 'g')

const DEL = '\u007f'

/**
 * Lines of JSON in which such characters are written as `\u2028`. They can only be within texts, so the lines say the same.
 * Whether all is ASCII is known far sooner than what a regular expression finds.
 */
export function escaped(lines: string): string {
  if (Buffer.byteLength(lines) === lines.length && !lines.includes(DEL)) return lines
  return HARMFUL.test(lines) ? lines.replace(EACH_HARMFUL, asEscape) : lines
}

/** An escape in JSON. Of those of harmful characters, and of other controls than line feed and tab, the group has the rest. */
const ESCAPE = /\\(?:(u(?:00[01][0-9a-f]|007f|00[89][0-9a-f]|061c|200[ef]|202[89a-e]|206[6-9])|[bfr])|[^])/gi

/** A line of JSON whose texts have such characters, and all other controls but line feed and tab, as the text `\u2028`. */
export function spelledOut(line: string): string {
  return escaped(line).replace(ESCAPE, (escape, control: string | undefined) =>
    control === undefined ? escape : `\\\\${control}`,
  )
}

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
