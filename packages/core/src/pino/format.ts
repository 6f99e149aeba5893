/** Converts values for the placeholders of a format. */
export interface Placing {
  /** For `%s`. */
  text(value: unknown): string
  /** For `%d`, `%f` and `%i`. */
  number(value: unknown): number
  /** For `%j`, `%o` and `%O`, except texts and functions. */
  json(value: unknown): string
}

const PERCENT = 37

/**
 * Fills the placeholders of a format as pino does: https://github.com/pinojs/quick-format-unescaped. pino's own
 * function cannot be given the conversion of values, and it throws if a value does.
 */
export function formatted(format: string, values: readonly unknown[], placing: Placing): string {
  if (values.length === 0) return format
  let text = ''
  let done = 0
  let next = 0
  for (let at = 0; at < format.length - 1; at++) {
    if (format.charCodeAt(at) !== PERCENT) continue
    const letter = format.charAt(at + 1)
    let shown: string | undefined = '%'
    if (letter !== '%') {
      shown = next < values.length ? placed(letter, values[next], placing) : undefined
      // An unknown letter also consumes a value.
      next++
    }
    if (shown === undefined) continue
    text += format.slice(done, at) + shown
    at++
    done = at + 1
  }
  return text + format.slice(done)
}

/** The text for one placeholder. `undefined`: it stays as written. */
function placed(letter: string, value: unknown, placing: Placing): string | undefined {
  switch (letter) {
    case 's':
      return placing.text(value)
    case 'd':
    case 'f':
      return value === null || value === undefined ? undefined : String(placing.number(value))
    case 'i':
      return value === null || value === undefined ? undefined : String(Math.floor(placing.number(value)))
    case 'j':
    case 'o':
    case 'O':
      if (value === undefined) return undefined
      return typeof value === 'string' ? `'${value}'` : placing.json(value)
    default:
      return undefined
  }
}
