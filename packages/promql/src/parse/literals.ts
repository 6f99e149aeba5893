const UNITS: ReadonlyArray<readonly [unit: string, milliseconds: number]> = [
  ['y', 365 * 24 * 60 * 60 * 1000],
  ['w', 7 * 24 * 60 * 60 * 1000],
  ['d', 24 * 60 * 60 * 1000],
  ['h', 60 * 60 * 1000],
  ['m', 60 * 1000],
  ['s', 1000],
  ['ms', 1],
]

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Go's durations are 64-bit nanoseconds. */
const LONGEST_MS = 9_223_372_036_854

/** Milliseconds of a duration such as `1h30m`. Throws an `Error` where it is none. */
export function durationMs(text: string): number {
  if (text === '0') return 0
  const parts = text === '' ? null : DURATION.exec(text)
  if (parts === null) throw new Error(`not a valid duration string: ${JSON.stringify(text)}`)
  let total = 0
  for (const [index, [, milliseconds]] of UNITS.entries())
    total += Number(parts[index + 1] ?? 0) * milliseconds
  if (total > LONGEST_MS) throw new Error('duration out of range')
  return total
}

const OCTAL = /^0[0-7]+$/
const SPECIAL: Readonly<Record<string, number>> = { inf: Infinity, nan: NaN }

/**
 * The value of a number without a sign: decimal, `0x1f`, `017` in octal, `inf` and `nan` in any case. Throws an `Error`
 * where it is too large.
 */
export function numberValue(text: string): number {
  const special = SPECIAL[text.toLowerCase()]
  if (special !== undefined) return special
  const value = OCTAL.test(text) ? Number.parseInt(text, 8) : Number(text)
  if (!Number.isFinite(value))
    throw new Error(`error parsing number: strconv.ParseFloat: parsing "${text}": value out of range`)
  return value
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }
const NUMERIC_ESCAPE = /x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-3][0-7]{2}/y

/**
 * The text that a literal stands for, in double quotes, single quotes or backticks. `\x` and octal escapes are bytes of
 * UTF-8, as in Go. Throws an `Error` where the literal is invalid.
 */
export function stringValue(literal: string): string {
  const quote = literal[0] ?? ''
  if (literal.length < 2 || !literal.endsWith(quote)) throw new Error('unterminated quoted string')
  const body = literal.slice(1, -1)
  if (quote === '`' || !body.includes('\\')) return body

  const pieces: Buffer[] = []
  let index = 0
  while (index < body.length) {
    const next = body.indexOf('\\', index)
    pieces.push(Buffer.from(body.slice(index, next < 0 ? undefined : next)))
    if (next < 0) break
    index = next + 1
    const letter = body[index] ?? ''
    const simple = letter === quote ? quote.charCodeAt(0) : ESCAPES[letter]
    if (simple !== undefined) {
      pieces.push(Buffer.of(simple))
      index += 1
      continue
    }
    NUMERIC_ESCAPE.lastIndex = index
    const [escape] = NUMERIC_ESCAPE.exec(body) ?? []
    if (escape === undefined) throw new Error(`unknown escape sequence \\${letter}`)
    pieces.push(escaped(escape))
    index += escape.length
  }
  return Buffer.concat(pieces).toString()
}

function escaped(escape: string): Buffer {
  if (/^\d/.test(escape)) return Buffer.of(Number.parseInt(escape, 8))
  const code = Number.parseInt(escape.slice(1), 16)
  if (escape.startsWith('x')) return Buffer.of(code)
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    throw new Error('escape sequence is an invalid Unicode code point')
  return Buffer.from(String.fromCodePoint(code))
}
