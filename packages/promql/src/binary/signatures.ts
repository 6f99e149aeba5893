import { type LabelSet, METRIC_NAME } from '../labels/label-set.ts'
import type { Matching } from '../parse/expression.ts'

/** The labels by which series of both sides are matched. */
export function matchingLabels({ on, labels }: Matching): (series: LabelSet) => LabelSet {
  if (on) {
    const kept = new Set(labels)
    return (series) => series.keep(kept)
  }
  const dropped = new Set([...labels, METRIC_NAME])
  return (series) => series.without(dropped)
}
