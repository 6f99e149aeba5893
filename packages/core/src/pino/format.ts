/** How values become text in places of a format. */
export interface Placing {
  /** For `%s`. */
  text(value: unknown): string
  /** For `%d`, `%f` and `%i`. */
  number(value: unknown): number
  /** For `%j`, `%o` and `%O`, of anything but texts and functions. */
  json(value: unknown): string
}

const PERCENT = 37

/**
 * Puts values into the places of a format, as pino does it: https://github.com/pinojs/quick-format-unescaped. pino's own
 * cannot be told how a value becomes text, and it throws where a value does.
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
      // A letter that pino does not know takes a value as well.
      next++
    }
    if (shown === undefined) continue
    text += format.slice(done, at) + shown
    at++
    done = at + 1
  }
  return text + format.slice(done)
}

/** What stands in one place; `undefined`: the place stays as it is written. */
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
