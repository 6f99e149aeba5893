import { together, windowOf } from '../../promql/together.ts'
import { type Instrument, splitOf } from './instruments.ts'

/** How a query is asked. */
export interface Asking {
  /** Milliseconds between two values. */
  readonly step: number
  /** Milliseconds by which the values are compared with earlier ones; 0: they are not. */
  readonly before: number
}

/** The expression for the chart of an instrument, whose lines have the figure `now`, `before`, or a quantile. Rates are per minute. */
export function chartQuery(instrument: Instrument, { step, before }: Asking): string {
  const { name, type, labels, ratio } = instrument
  const window = windowOf(step)
  const at = (offset: string) => expressionOf(instrument, window, offset)
  if (ratio === null && type === 'summary') return `avg by (quantile) (${name})`
  if (ratio === null && type === 'histogram') {
    const quantile = (q: number) => `histogram_quantile(${q}, sum by (le) (rate(${name}_bucket[${window}])))`
    return together({ p50: quantile(0.5), p95: quantile(0.95) })
  }
  const isCompared = before > 0 && (ratio !== null || splitOf(labels) === undefined)
  return together({
    now: at(''),
    before: isCompared ? at(` offset ${Math.round(before / 1_000)}s`) : undefined,
  })
}

function expressionOf(
  { name, type, unit, labels, ratio }: Instrument,
  window: string,
  offset: string,
): string {
  if (ratio !== null) return `${partOf(ratio.of, window, offset)} / (${partOf(ratio.to, window, offset)} > 0)`
  const split = splitOf(labels)
  const by = split === undefined ? '' : ` by (${split})`
  if (type === 'counter') return `60 * sum${by} (rate(${name}[${window}]${offset}))`
  return `${unit === '1' || name.endsWith('_ratio') ? 'avg' : 'sum'}${by} (${name}${offset})`
}

/** A part of a ratio: a counter by its rate, anything else by its value. */
function partOf(selector: string, window: string, offset: string): string {
  const name = /^[\w:]+/.exec(selector)?.[0] ?? ''
  return /_(?:total|count|sum)$/.test(name)
    ? `sum(rate(${selector}[${window}]${offset}))`
    : `sum(${selector}${offset})`
}

/** The expression for the total of a counter or a distribution over some time. `undefined` where there is none. */
export function totalQuery({ name, type, ratio }: Instrument, seconds: number): string | undefined {
  const over = `[${Math.max(60, Math.round(seconds))}s]`
  if (ratio !== null || type === 'gauge') return undefined
  return `sum(increase(${type === 'counter' ? name : `${name}_sum`}${over}))`
}

/** The expression for a level by a label with many values: each with its pace per second, and the highest that it was. */
export const stockQuery = (name: string, label: string): string =>
  together({
    level: `sum by (${label}) (${name})`,
    pace: `sum by (${label}) (deriv(${name}[15m]))`,
    peak: `max by (${label}) (max_over_time(${name}[6h]))`,
  })
