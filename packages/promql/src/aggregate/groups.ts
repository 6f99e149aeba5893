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
  const groups = new Map<string, Group>()
  for (const one of series) {
    const labels = labelsOf(one.labels)
    const group = groups.get(labels.key)
    if (group === undefined) groups.set(labels.key, { labels, members: [one] })
    else group.members.push(one)
  }
  return [...groups.values()]
}
