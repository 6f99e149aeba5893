import { boundOf, type ClientLabels, type ClientValue, exemplarOf, textsOf } from './client-metric.ts'
import { sameBounds } from './distribution.ts'
import type { Exemplar, HistogramSeries, SummarySeries } from './family.ts'
import { labelText, type SeriesLabels } from './labels.ts'

type WithDefaults = (labels: ClientLabels) => ClientLabels

/** The samples of one label set. */
interface Group {
  readonly labelText: string
  readonly labels: ClientLabels
  readonly values: ClientValue[]
}

/** Groups the samples by label set. The samples of one label set differ in the label `apart`. */
function groupsOf(
  values: readonly ClientValue[],
  apart: 'le' | 'quantile',
  withDefaults: WithDefaults,
): Iterable<Group> {
  const groups = new Map<string, Group>()
  let shared: ClientLabels | undefined
  let group: Group | undefined
  for (const each of values) {
    const { sharedLabels, labels = {} } = each
    if (group === undefined || sharedLabels === undefined || sharedLabels !== shared) {
      shared = sharedLabels
      const { [apart]: _, ...own } = withDefaults(sharedLabels ?? labels)
      const text = labelText(own)
      group = groups.get(text)
      if (group === undefined) {
        group = { labelText: text, labels: own, values: [] }
        groups.set(text, group)
      }
    }
    group.values.push(each)
  }
  return groups.values()
}

/** The series of a client's histogram. The client's buckets are cumulative. */
export function histogramsOf(
  name: string,
  values: readonly ClientValue[],
  withDefaults: WithDefaults,
): HistogramSeries[] {
  const series: ClientHistogram[] = []
  for (const group of groupsOf(values, 'le', withDefaults))
    series.push(new ClientHistogram(name, group, series.at(-1)?.bounds ?? []))
  return series
}

class ClientHistogram implements HistogramSeries {
  readonly labelText: string
  readonly bounds: readonly number[]
  readonly exemplars: ReadonlyArray<Exemplar | undefined> | undefined
  readonly sum: number
  readonly #labels: ClientLabels
  readonly #totals: readonly number[]

  /** @param usual the bounds of the previous series; usually all series of a family have the same */
  constructor(name: string, { labelText: text, labels, values }: Group, usual: readonly number[]) {
    const bounds: number[] = []
    const totals: number[] = []
    let exemplars: Array<Exemplar | undefined> | undefined
    let sum = 0
    let count: number | undefined
    let last: number | undefined
    for (const { metricName, value, labels: own, exemplar } of values) {
      if (metricName === `${name}_sum`) sum = value
      else if (metricName === `${name}_count`) count = value
      else {
        const bound = boundOf(own)
        if (exemplar) (exemplars ??= [])[bounds.length] = exemplarOf(exemplar)
        if (bound === Number.POSITIVE_INFINITY) last = value
        else {
          bounds.push(bound)
          totals.push(value)
        }
      }
    }
    totals.push(last ?? count ?? totals.at(-1) ?? 0)
    this.labelText = text
    this.#labels = labels
    this.bounds = sameBounds(bounds, usual) ? usual : bounds
    this.#totals = totals
    this.sum = sum
    this.exemplars = exemplars
  }

  get labels(): SeriesLabels {
    return textsOf(this.#labels)
  }

  inBucket(index: number): number {
    return (this.#totals[index] ?? 0) - (this.#totals[index - 1] ?? 0)
  }
}

/** The series of a client's summary. */
export function summariesOf(
  name: string,
  values: readonly ClientValue[],
  withDefaults: WithDefaults,
): SummarySeries[] {
  return Array.from(groupsOf(values, 'quantile', withDefaults), (group) => {
    const { labelText: text, labels } = group
    const valueOf = (metricName: string) =>
      group.values.find((each) => each.metricName === metricName)?.value ?? 0
    return {
      labelText: text,
      labels: textsOf(labels),
      quantiles: group.values
        .filter((each) => each.labels?.quantile !== undefined)
        .map((each) => ({ quantile: Number(each.labels?.quantile), value: each.value })),
      sum: valueOf(`${name}_sum`),
      count: valueOf(`${name}_count`),
    }
  })
}
