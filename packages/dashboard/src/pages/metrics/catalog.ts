import { unitOf, unitPer } from '../../format/metrics.ts'
import type { Unit } from '../../format/numbers.ts'

/** What is known of a metric, as Prometheus' `metadata` has it. */
export interface Metadata {
  readonly type: string
  readonly help: string
  readonly unit: string
}

/** A metric that can be chosen. */
export interface Metric extends Metadata {
  readonly name: string
}

/** What is known of a metric that was never described. */
const NOTHING: Metadata = { type: '', help: '', unit: '' }

/** Metadata by name. */
export type Catalog = ReadonlyMap<string, Metadata>

/** The metric of a series' name: without the suffixes of histograms and summaries. */
function familyOf(name: string, catalog: Catalog): string {
  if (catalog.has(name)) return name
  const base = name.replace(/_(?:bucket|sum|count)$/, '')
  return catalog.has(base) ? base : name
}

/** The metrics of some series' names, in the order of the names. Without metadata, buckets tell a histogram. */
export function metricsOf(names: readonly string[], catalog: Catalog): readonly Metric[] {
  const untold = names
    .filter((name) => name.endsWith('_bucket') && familyOf(name, catalog) === name)
    .map((name) => [name.slice(0, -'_bucket'.length), { type: 'histogram', help: '', unit: '' }] as const)
  if (untold.length > 0) return metricsOf(names, new Map([...catalog, ...untold]))
  const all = new Set(names.map((name) => familyOf(name, catalog)))
  return [...all]
    .toSorted((a, b) => a.localeCompare(b, 'en'))
    .map((name) => ({ name, ...(catalog.get(name) ?? NOTHING) }))
}

/** An expression that shows a metric as one usually looks at it. */
export function expressionOf({ name, type }: Metric): string {
  if (type === 'counter') return `sum by (job) (rate(${name}[5m]))`
  if (type === 'histogram') return `histogram_quantile(0.95, sum by (job, le) (rate(${name}_bucket[5m])))`
  return name
}

/** The unit of an expression's values, as far as it can be told without evaluating it. */
export function unitOfExpression(text: string, catalog: Catalog): Unit {
  const names = [...text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/[a-z_:][\w:]*/gi)].map(
    ([name]) => name,
  )
  const metrics = [...new Set(names.map((name) => familyOf(name, catalog)))].filter((name) =>
    catalog.has(name),
  )
  const [name, ...others] = metrics
  if (name === undefined || others.length > 0 || /[/*^%]/.test(text)) return 'number'
  const { type = '', unit = '' } = catalog.get(name) ?? {}
  const isCount = /\bcount(?:_over_time|_values)?\b|\b(?:absent|changes|resets|time|timestamp)\s*\(/.test(
    text,
  )
  if (isCount || (/_(?:bucket|count)\b/.test(text) && !text.includes('histogram_quantile')))
    return /\brate\s*\(|\birate\s*\(/.test(text) ? '/s' : 'number'
  const base = unitOf(name, unit)
  const isRate = /\b(?:rate|irate|deriv)\s*\(/.test(text) && type !== 'histogram'
  // Seconds per second have no unit: they are a share of the time.
  if (isRate) return base === 's' ? 'number' : unitPer(base, 's')
  return base
}
