import type { ReadMetric } from '@sightline/otlp'

import { unitWords } from './units.ts'

/**
 * The name of a metric in Prometheus, as its own OTLP receiver builds it by default (`UnderscoreEscapingWithSuffixes` of
 * https://github.com/prometheus/otlptranslator): other characters become underscores, the unit is appended, then `_total` for
 * counters and `_ratio` for gauges without dimension. `undefined` where no letter or digit is left.
 */
export function metricName({
  name,
  unit,
  kind,
  monotonic,
}: Pick<ReadMetric, 'name' | 'unit' | 'kind' | 'monotonic'>): string | undefined {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '')
  const { main, per } = unitWords(unit)
  if (main !== '' && !tokens.includes(main)) tokens.push(main)
  if (per !== '' && !tokens.includes(per)) tokens.push(per)
  if (kind === 'sum' && monotonic) tokens = moved(tokens, 'total')
  if (kind === 'gauge' && unit === '1') tokens = moved(tokens, 'ratio')
  const joined = tokens.join('_')
  if (joined === '') return undefined
  return /^\d/.test(joined) ? `_${joined}` : joined
}

/** With a token at the end, wherever it was. */
function moved(tokens: readonly string[], token: string): string[] {
  return [...tokens.filter((one) => one !== token), token]
}

/**
 * The name of a label: other characters become underscores, one each; a digit or a single underscore at the start gets a prefix.
 * `undefined` where only underscores are left.
 */
export function labelName(key: string): string | undefined {
  const name = key.replaceAll(/[^a-zA-Z0-9_]/gu, '_')
  if (/^_*$/.test(name)) return undefined
  if (/^\d/.test(name)) return `key_${name}`
  return name.startsWith('_') && !name.startsWith('__') ? `key${name}` : name
}

/** A bound of a bucket or a quantile as the value of a label: as few digits as possible, without an exponent. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  const text = String(value)
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  // The place of the decimal point in the digits.
  const place = whole.length + Number(exponent)
  const digits = whole + fraction
  return place <= 0 ? `${sign}0.${'0'.repeat(-place)}${digits}` : `${sign}${digits.padEnd(place, '0')}`
}
