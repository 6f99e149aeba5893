const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const INFINITE = /^([+-]?)inf(?:inity)?$/i

/** A number as Go reads it from a text such as the label `le`; `undefined` where it is none. */
export function parsedFloat(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text)
    // Go refuses a number that is out of range.
    return Number.isFinite(value) ? value : undefined
  }
  const [, sign] = INFINITE.exec(text) ?? []
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity
  return /^nan$/i.test(text) ? NaN : undefined
}
