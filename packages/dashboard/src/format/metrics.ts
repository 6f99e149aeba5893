import type { Unit } from './numbers.ts'

/** Words at the end of a metric's name, or units of OTLP, and the unit that values are written in. */
const UNITS: Readonly<Record<string, Unit>> = {
  s: 's',
  seconds: 's',
  By: 'B',
  bytes: 'B',
  ratio: 'ratio',
  EUR: 'EUR',
  euros: 'EUR',
  eur: 'EUR',
  USD: 'USD',
  dollars: 'USD',
  usd: 'USD',
  GBP: 'GBP',
  pounds: 'GBP',
  gbp: 'GBP',
}

/** Names without their suffixes of format and unit. */
const SUFFIXES = new RegExp(`(?:_(?:total|info|items|${Object.keys(UNITS).join('|')}))+$`)

/**
 * The unit to write the values of a metric in, from the unit that it was sent with (`s`, `{EUR}`), else from its name. Everything else is
 * a plain number: the unit `{order}` is said by the name.
 */
export function unitOf(name: string, unit = ''): Unit {
  const last =
    name
      .replace(/_total$/, '')
      .split('_')
      .at(-1) ?? ''
  const sent = unit.replaceAll(/[{}]/g, '')
  if (sent === '1') return 'ratio'
  return UNITS[sent] ?? UNITS[last] ?? 'number'
}

/** The unit of a counter's rate per minute, or per second. */
export const unitPer = (unit: Unit, per: 'min' | 's'): Unit =>
  unit === 'number' ? `/${per}` : unit === 'B' && per === 's' ? 'B/s' : `${unit}/${per}`

/** The beginning that all names have in common, in whole words: `shop_` of `shop_visits_total` and `shop_orders_total`. */
export function prefixOf(names: readonly string[]): string {
  const [first = '', ...others] = names
  const words = first.split('_').slice(0, -1)
  while (words.length > 0 && !others.every((name) => name.startsWith(`${words.join('_')}_`))) words.pop()
  return others.length === 0 || words.length === 0 ? '' : `${words.join('_')}_`
}

/** A metric's name in words: `Active users` of `shop_active_users`. */
export function titleOf(name: string, prefix: string): string {
  const text = (name.startsWith(prefix) ? name.slice(prefix.length) : name)
    .replace(SUFFIXES, '')
    .replaceAll('_', ' ')
    .trim()
  return text === '' ? name : text[0]?.toUpperCase() + text.slice(1)
}
