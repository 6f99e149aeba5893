import type { FaultReporter } from '../seam.ts'
import { histogramsOf, summariesOf } from './client-distributions.ts'
import {
  boundOf,
  type ClientLabels,
  type ClientMetric,
  type ClientValue,
  exemplarOf,
  textsOf,
} from './client-metric.ts'
import type { Across, Exemplar, Family, FamilyType, NumberSeries } from './family.ts'
import { labelText, type SeriesLabels } from './labels.ts'

/** The client's names for combining a gauge across workers. The default keeps each worker's value. */
const ACROSS: Readonly<Record<string, Across>> = {
  first: 'same',
  min: 'min',
  max: 'max',
  average: 'average',
}

const TYPES = new Set<string>(['counter', 'gauge', 'histogram', 'summary'])

/** Some gauges of the runtime, such as `nodejs_active_handles_total`, have names that only counters may have. */
export function typeOf({ name, type }: Pick<ClientMetric, 'name' | 'type'>): FamilyType {
  return TYPES.has(type) && !(type === 'gauge' && name.endsWith('_total')) ? (type as FamilyType) : 'unknown'
}

/**
 * Converts a client's metric to a family with the current numbers: the client continues to change its own objects.
 * Values that do not fit are reported as a fault and left out.
 *
 * @param defaults the default labels of its registry
 */
export function clientFamily(metric: ClientMetric, defaults: ClientLabels, fault: FaultReporter): Family {
  const { name, help, aggregator = '' } = metric
  const type = typeOf(metric)
  const values = soundValues(metric, fault)
  const withDefaults =
    Object.keys(defaults).length === 0
      ? (labels: ClientLabels) => labels
      : (labels: ClientLabels) => ({ ...defaults, ...labels })
  switch (type) {
    case 'histogram': {
      const series = histogramsOf(name, values, withDefaults)
      return { name, help, type, series: () => series }
    }
    case 'summary': {
      const series = summariesOf(name, values, withDefaults)
      return { name, help, type, series: () => series }
    }
    default: {
      const across = metric.type === 'gauge' ? ACROSS[aggregator] : undefined
      const series = values.map((each) => new ClientNumber(each, withDefaults(each.labels ?? {})))
      return { name, help, type, ...(across && { across }), series: () => series }
    }
  }
}

/** The suffixes of a family's sample names. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/** The valid values for a family of this type. A registry of the application may contain anything. */
function soundValues({ name, type, values = [] }: ClientMetric, fault: FaultReporter): ClientValue[] {
  const names = new Set((SUFFIXES[type] ?? ['']).map((suffix) => name + suffix))
  const bucket = type === 'histogram' ? `${name}_bucket` : undefined
  return values.filter(({ value, metricName = name, labels }) => {
    let wrong: string
    if (typeof value !== 'number') wrong = `is of type ${typeof value}`
    else if (!names.has(metricName)) wrong = `is called ${metricName}`
    else if (metricName === bucket && Number.isNaN(boundOf(labels))) wrong = 'is of a bucket without a bound'
    else return true
    fault(`metric ${name}`, new TypeError(`its value ${wrong}, and is left out`))
    return false
  })
}

/** A value of a counter or gauge. */
class ClientNumber implements NumberSeries {
  readonly value: number
  readonly exemplar: Exemplar | undefined
  readonly #labels: ClientLabels

  constructor({ value, exemplar }: ClientValue, labels: ClientLabels) {
    this.value = value
    this.exemplar = exemplarOf(exemplar)
    this.#labels = labels
  }

  get labelText(): string {
    return labelText(this.#labels)
  }

  get labels(): SeriesLabels {
    return textsOf(this.#labels)
  }
}
