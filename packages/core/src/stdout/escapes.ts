/**
 * Characters that end a line for some log readers, or control a terminal: DEL and the C1 controls (including
 * U+0085), U+2028, U+2029, and the bidirectional controls. JSON allows them unescaped.
 */
const HARMFUL = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const EACH_HARMFUL = new RegExp(HARMFUL, 'g')

const DEL = '\u007f'

/**
 * Escapes these characters in JSON lines, like `\u2028`. They occur only in strings, so the content stays the
 * same. The test for ASCII is much faster than a regular expression.
 */
export function escaped(lines: string): string {
  if (Buffer.byteLength(lines) === lines.length && !lines.includes(DEL)) return lines
  return HARMFUL.test(lines) ? lines.replace(EACH_HARMFUL, asEscape) : lines
}

/**
 * An escape in JSON. The group captures escapes of harmful characters, and of controls other than line feed
 * and tab.
 */
const ESCAPE = /\\(?:(u(?:00[01][0-9a-f]|007f|00[89][0-9a-f]|061c|200[ef]|202[89a-e]|206[6-9])|[bfr])|[^])/gi

/** Rewrites such characters, and all controls except line feed and tab, as the visible text `\u2028`. */
export function spelledOut(line: string): string {
  return escaped(line).replace(ESCAPE, (escape, control: string | undefined) =>
    control === undefined ? escape : `\\\\${control}`,
  )
}

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
