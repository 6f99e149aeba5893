import { stripVTControlCharacters } from 'node:util'

/** Controls of C1, separators of lines, and marks that change the direction of text. */
const INVISIBLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Received text as one line for a terminal. Control characters and escape sequences are removed: a log record must not move
 * the cursor or forge a line.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s*[\r\n]+\s*/g, ' ⏎ ')
    .replaceAll(/[\u0000-\u001f]/g, ' ')
    .replaceAll(INVISIBLE, ' ')
}

/** A value as a line of JSON. JSON alone lets control characters of C1 through. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `${text}\n`
}

/** Colours for a terminal; without them for anything else, or where `NO_COLOR` is set. */
export interface Palette {
  dim(text: string): string
  bold(text: string): string
  red(text: string): string
  yellow(text: string): string
  blue(text: string): string
}

/** The palette of a stream. https://no-color.org */
export function paletteOf(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Palette {
  const isColoured = stream.isTTY === true && !env['NO_COLOR']
  const coloured = (code: number) => (text: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { dim: coloured(2), bold: coloured(1), red: coloured(31), yellow: coloured(33), blue: coloured(34) }
}
