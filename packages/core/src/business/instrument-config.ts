import {
  checkOptions,
  listOf,
  type Requirement,
  seconds,
  share,
  type Table,
} from '../requirements/requirements.ts'
import { MAX_LABEL_LENGTH } from '../series/labels.ts'

const METRIC_NAME = /^[a-z_:][\w:]*$/i
const LABEL_NAME = /^[a-z_]\w*$/i
const SELECTOR =
  /^[a-z_:][\w:]*(?:\{(?: *[a-z_]\w* *(?:=~|!~|!=|=) *"(?:[^"\\\n]|\\.)*" *(?:,|(?=\})))* *\})?$/i

/** A metric name: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels */
export const metricName: Requirement = (value) =>
  typeof value === 'string' && METRIC_NAME.test(value)
    ? undefined
    : 'a name of letters, digits, _ and :, such as shop_orders_total'

/** A label name. Prometheus reserves `__`, and adds `le` and `quantile` to an instrument's labels. */
export const labelName: Requirement = (value) =>
  typeof value === 'string' &&
  LABEL_NAME.test(value) &&
  !value.startsWith('__') &&
  value !== 'le' &&
  value !== 'quantile'
    ? undefined
    : 'letters, digits and _, without __ at its beginning, and neither le nor quantile'

/**
 * A metric with or without labels: https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors
 * Longer texts would be cut as the value of a label.
 */
const selector: Requirement = (value) =>
  typeof value === 'string' && value.length <= MAX_LABEL_LENGTH && SELECTOR.test(value)
    ? undefined
    : `a metric with or without labels, such as shop_orders_total{status="paid"}, of at most ${MAX_LABEL_LENGTH} characters`

const help: Requirement = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that says what is measured'

const labels: Requirement = (value) =>
  Array.isArray(value) &&
  value.every((each) => labelName(each) === undefined) &&
  new Set(value).size === value.length
    ? undefined
    : 'a list of different names, each of letters, digits and _, without __ at its beginning, and neither le nor quantile'

/** Bucket boundaries of a histogram. The infinite one is implicit. */
export const boundaries: Requirement = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each, i) => Number.isFinite(each) && each >= 0 && (i === 0 || each > value[i - 1]))
    ? undefined
    : 'a list of ascending numbers from 0 on, without Infinity'

/** Percentiles of a summary. */
export const percentiles: Requirement = (value) =>
  listOf(share, '')(value) === undefined && new Set(value as readonly number[]).size === (value as []).length
    ? undefined
    : 'a list of different numbers from 0 to 1'

const BASE: Table = { name: metricName, help, labels }
const TABLES = {
  counter: BASE,
  gauge: BASE,
  histogram: { ...BASE, buckets: boundaries },
  summary: { ...BASE, percentiles, maxAgeSeconds: seconds },
  ratio: { name: metricName, help, of: selector, to: selector },
} satisfies Readonly<Record<string, Table>>

/** The kinds of instruments. */
export type InstrumentKind = keyof typeof TABLES

/**
 * Validates the configuration of an instrument: a scrape must be able to show it.
 *
 * @throws {TypeError} one sentence that names the error, and what is allowed
 */
export function checkInstrument(kind: InstrumentKind, config: unknown): void {
  const { name, help: said, of, to } = (config ?? {}) as Readonly<Record<string, unknown>>
  const where = metricName(name) === undefined ? `metrics.${kind}(${String(name)})` : `metrics.${kind}`
  checkOptions(config, TABLES[kind], where)
  if (name === undefined) throw missing(where, 'name', metricName(name))
  if (said === undefined) throw missing(where, 'help', help(said))
  if (kind === 'ratio' && of === undefined) throw missing(where, 'of', selector(of))
  if (kind === 'ratio' && to === undefined) throw missing(where, 'to', selector(to))
}

function missing(where: string, option: string, allowed = ''): TypeError {
  return new TypeError(`Sightline: ${where}.${option} is missing, but must be ${allowed}`)
}
