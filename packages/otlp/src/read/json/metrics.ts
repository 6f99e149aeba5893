import { METRIC, POINTS } from '../../metric-fields.ts'
import { type ReadMetric, TEMPORALITIES } from '../columns.ts'
import type { Interned } from '../interned.ts'
import type { Points } from '../tables/points.ts'
import type { ReadMessage } from './envelope.ts'
import { boolOf, enumIn } from './numbers.ts'
import { pointReaders } from './points.ts'
import { messageIn, messagesIn, textIn, valueOf } from './tree.ts'
import type { JsonValues } from './values.ts'

const KINDS = ['gauge', 'sum', 'histogram', 'exponential', 'summary'] as const
const TEMPORALITY_NAMES = TEMPORALITIES.map((name) => `AGGREGATION_TEMPORALITY_${name.toUpperCase()}`)

/** Creates the function that reads a metric into the columns, with all of its points. */
export function metricReader(points: Points, values: JsonValues, interned: Interned): ReadMessage {
  const { origins } = interned
  const readers = pointReaders(points, values, interned)
  return (message, resource, scope) => {
    const kind = KINDS.find((name) => valueOf(message, METRIC[name]) !== undefined)
    const data = kind && messageIn(message, METRIC[kind])
    if (kind === undefined || data === undefined) return
    const all = messagesIn(data, POINTS.points)
    if (textIn(message, METRIC.name) === '') return points.rejectMetric(all.length)
    const isSum = kind === 'sum'
    const hasTemporality = isSum || kind === 'histogram' || kind === 'exponential'
    const metric: ReadMetric = origins.metric({
      ...points.originOf(resource, scope),
      name: values.text(message, METRIC.name),
      description: values.text(message, METRIC.description),
      unit: values.text(message, METRIC.unit),
      kind,
      temporality:
        TEMPORALITIES[hasTemporality ? enumIn(data, POINTS.temporality, TEMPORALITY_NAMES) : 0] ??
        'unspecified',
      monotonic: isSum && boolOf(valueOf(data, POINTS.monotonic) ?? false, POINTS.monotonic.name),
    })
    const index = origins.metrics.place(metric)
    for (const point of all) if (points.roomIn(index)) readers[kind](point)
  }
}
