import { createReader, type MetricColumns } from '@sightline/otlp'

type Value = string | number | readonly Value[] | { readonly [key: string]: Value }
type Fields = Readonly<Record<string, Value>>

/** Columns of a gauge with a point for each set of attributes, and an exemplar with a cookie at the first one. */
export function metricColumns(resource: Fields, sets: readonly Fields[]): MetricColumns {
  const dataPoints = sets.map((set, index) => ({
    timeUnixNano: '1000000',
    asDouble: index,
    attributes: entries(set),
    exemplars:
      index === 0
        ? [{ timeUnixNano: '1000000', asDouble: 1, filteredAttributes: entries({ cookie: 'c' }) }]
        : [],
  }))
  const metrics = [{ name: 'level', gauge: { dataPoints } }]
  const resourceMetrics = [{ resource: { attributes: entries(resource) }, scopeMetrics: [{ metrics }] }]
  return createReader().metrics(new TextEncoder().encode(JSON.stringify({ resourceMetrics })), 'json')
}

function entries(fields: Fields): unknown[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'number') return { doubleValue: value }
  return isList(value)
    ? { arrayValue: { values: value.map(valueOf) } }
    : { kvlistValue: { values: entries(value) } }
}

function isList(value: readonly Value[] | { readonly [key: string]: Value }): value is readonly Value[] {
  return Array.isArray(value)
}
