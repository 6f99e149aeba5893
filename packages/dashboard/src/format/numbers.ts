/** A figure and its unit, which are written apart: the unit is muted. */
export interface Figure {
  readonly figure: string
  readonly unit: string
}

/**
 * What a number is. `s`: seconds; `ratio`: 0 to 1, as per cent; `/s` and `/min`: already per that time; `B`, `B/s`: bytes; `x`: a multiple;
 * `int`: a count; `apdex`: 0 to 1 with two decimals; `number`: anything else. Any other text is a unit that is written as it is, and a currency sign goes first.
 */
export type Unit = string

/** Narrow no-break space: between a figure and its unit, and between groups of digits. */
export const NARROW = '\u202f'

const CURRENCIES: Readonly<Record<string, string>> = {
  EUR: '€',
  USD: '$',
  GBP: '£',
  JPY: '¥',
  '€': '€',
  $: '$',
  '£': '£',
  '¥': '¥',
}

/** Three significant digits. */
export function three(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 99.95) return grouped(value)
  if (size >= 9.995) return value.toFixed(1)
  if (size >= 0.9995) return value.toFixed(2)
  return Number(value.toPrecision(3)).toString()
}

/** A whole number with groups of three digits; from 100,000 on in millions and so on, with three digits. */
export function grouped(value: number): string {
  const size = Math.abs(Math.round(value))
  if (size >= 99_999.5) {
    for (const [unit, factor] of [
      ['T', 1e12],
      ['G', 1e9],
      ['M', 1e6],
      ['k', 1e3],
    ] as const)
      if (size >= factor * 0.9995) return `${three(value / factor)}${NARROW}${unit}`
  }
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, NARROW)
}

/** Writes a value as a figure and a unit. */
export function figureOf(value: number, unit: Unit): Figure {
  switch (unit) {
    case 's':
      return duration(value)
    case 'ratio':
      return { figure: ratio(value), unit: '%' }
    case 'B':
      return bytes(value, '')
    case 'B/s':
      return bytes(value, '/s')
    case 'x':
      return { figure: Math.abs(value) >= 10 ? grouped(value) : value.toFixed(1), unit: '×' }
    case 'apdex':
      return { figure: value.toFixed(2), unit: '' }
    case 'int':
      return { figure: grouped(value), unit: '' }
    case 'number':
    case '':
      return { figure: Number.isInteger(value) ? grouped(value) : three(value), unit: '' }
    default:
      return money(value, unit) ?? { figure: three(value), unit }
  }
}

/** Writes a value with its unit as one text: `254 ms`. */
export function textOf(value: number, unit: Unit): string {
  const { figure, unit: written } = figureOf(value, unit)
  if (written === '') return figure
  return written === '×' || written.startsWith(NARROW) ? figure + written : figure + NARROW + written
}

/** A difference of two ratios, in points: `+30.6 pt`. */
export function pointsOf(difference: number): Figure {
  return { figure: `${difference > 0 ? '+' : ''}${(difference * 100).toFixed(1)}`, unit: 'pt' }
}

function ratio(value: number): string {
  const percent = value * 100
  if (percent === 0) return '0'
  return Math.abs(percent) < 0.095
    ? percent.toFixed(2)
    : percent.toFixed(1).replace(/\.0$/, percent >= 100 ? '' : '.0')
}

function duration(seconds: number): Figure {
  const size = Math.abs(seconds)
  if (size === 0) return { figure: '0', unit: '' }
  if (size < 0.000_999_5) return { figure: three(seconds * 1e6), unit: 'µs' }
  if (size < 0.999_5) return { figure: three(seconds * 1e3), unit: 'ms' }
  if (size < 100) return { figure: three(seconds), unit: 's' }
  if (size < 3_600) {
    const rest = Math.round(seconds % 60)
    return { figure: `${Math.floor(seconds / 60)}`, unit: rest > 0 ? `min ${rest}${NARROW}s` : 'min' }
  }
  return size < 172_800
    ? { figure: three(seconds / 3_600).replace(/\.0+$/, ''), unit: 'h' }
    : { figure: grouped(seconds / 86_400), unit: 'd' }
}

function bytes(value: number, per: string): Figure {
  const size = Math.abs(value)
  for (const [unit, factor] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const)
    if (size >= factor * 0.9995) return { figure: three(value / factor), unit: unit + per }
  return { figure: grouped(value), unit: `B${per}` }
}

function money(value: number, unit: Unit): Figure | undefined {
  const [, code = '', per = ''] = /^([A-Z]{3}|[€$£¥])(\/\w+)?$/.exec(unit) ?? []
  const sign = CURRENCIES[code]
  if (sign === undefined) return undefined
  return { figure: sign + (Math.abs(value) >= 100 ? grouped(value) : value.toFixed(2)), unit: per }
}
