import { stripVTControlCharacters } from 'node:util'

/**
 * Received text as one line for a terminal: control characters and escape sequences are removed, since a log record must not
 * move the cursor or forge a line.
 */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters that must not reach a terminal
  return stripVTControlCharacters(text)
    .replaceAll(/\s*[\r\n]+\s*/g, ' ⏎ ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ')
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
