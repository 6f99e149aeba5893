/**
 * A number as Prometheus' HTTP API writes samples: the shortest digits that are read back as the same number, with an
 * exponent below 1e-6 and from 1e21 on.
 */
export function formatNumber(value: number): string {
  const special = formatSpecial(value)
  if (special !== undefined) return special
  // JavaScript changes to an exponent at the same numbers, but writes it with one digit.
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A number without an exponent, as Prometheus' HTTP API writes scalars, and `count_values` its labels. */
export function formatPlain(value: number): string {
  const special = formatSpecial(value)
  if (special !== undefined) return special
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = '', first = '', rest = '', power = '0'] = parts
  const digits = first + rest
  const exponent = Number(power)
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return sign + digits.padEnd(exponent + 1, '0')
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return Object.is(value, -0) ? '-0' : undefined
}
