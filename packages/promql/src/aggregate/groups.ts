import type { StepSeries } from '../evaluate/series.ts'
import { LabelSet, NO_LABELS, METRIC_NAME } from '../labels/label-set.ts'
import type { Aggregation } from '../parse/expression.ts'

/** The series that an aggregation makes one of. */
export interface Group {
  readonly labels: LabelSet
  readonly members: StepSeries[]
}

/** The labels of the group that a series belongs to, by `by` or `without`. */
export function grouping({ labels, without }: Aggregation): (series: LabelSet) => LabelSet {
  if (without) {
    const dropped = new Set([...labels, METRIC_NAME])
    return (series) => series.without(dropped)
  }
  if (labels.length === 0) return () => NO_LABELS
  const kept = new Set(labels)
  return (series) => series.keep(kept)
}

/** Groups in the order of their first series. */
export function grouped(aggregation: Aggregation, series: readonly StepSeries[]): Group[] {
  const labelsOf = grouping(aggregation)
  const groups: Group[] = []
  const find = aggregation.without ? finderByKey(labelsOf) : finderByValues(aggregation.labels)
  for (const one of series) {
    const place = find(one.labels)
    if (place.group === undefined)
      groups.push((place.group = { labels: labelsOf(one.labels), members: [one] }))
    else place.group.members.push(one)
  }
  return groups
}

/** Where the group of some labels is, once it has one. */
interface Place {
  group: Group | undefined
}

function finderByKey(labelsOf: (series: LabelSet) => LabelSet): (series: LabelSet) => Place {
  const places = new Map<string, Place>()
  return (series) => {
    const { key } = labelsOf(series)
    let place = places.get(key)
    if (place === undefined) places.set(key, (place = { group: undefined }))
    return place
  }
}

/** A place of its own for each combination of values, found value by value: thousands of series need no labels and keys of their own. */
function finderByValues(names: readonly string[]): (series: LabelSet) => Place {
  interface Node extends Place {
    readonly next: Map<string, Node>
  }
  const node = (): Node => ({ group: undefined, next: new Map() })
  const root = node()
  return (series) => {
    let found = root
    for (const name of names) {
      const value = series.get(name)
      let next = found.next.get(value)
      if (next === undefined) found.next.set(value, (next = node()))
      found = next
    }
    return found
  }
}
