import type { ReadMetric } from '../../columns.ts'
import type { Interned } from '../../interned.ts'
import type { Points } from '../../tables/points.ts'
import type { Cursor, ReadMessage } from '../cursor.ts'
import type { ReadEntry } from '../envelope.ts'
import type { SharedParts } from '../sets.ts'
import { EXPONENTIAL, GAUGE, HISTOGRAM, MetricHead, POINT, SUM, SUMMARY } from './metric-head.ts'
import { pointReaders } from './points.ts'

/** By tag of the field with the points. */
const KINDS = new Map<number, ReadMetric['kind']>([
  [GAUGE, 'gauge'],
  [SUM, 'sum'],
  [HISTOGRAM, 'histogram'],
  [EXPONENTIAL, 'exponential'],
  [SUMMARY, 'summary'],
])

/** Creates the function that reads a `Metric` into the columns, with all of its points. */
export function metricReader(points: Points, shared: SharedParts, interned: Interned): ReadEntry {
  const readers = pointReaders(points, shared)
  const head = new MetricHead(shared, interned)

  function read(cursor: Cursor, stop: number, metric: number, readPoint: ReadMessage): void {
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag !== POINT) cursor.skip(tag, stop)
      else {
        const end = cursor.delimited(stop)
        if (points.roomIn(metric)) readPoint(cursor, end)
        cursor.at = end
      }
    }
  }

  return (cursor, stop, resource, scope) => {
    head.read(cursor, stop)
    const kind = KINDS.get(head.kind)
    if (kind === undefined) return
    if (!head.hasName) return points.rejectMetric(head.count)
    const metric = head.indexIn(points, cursor, resource, scope, kind)
    cursor.at = head.from
    while (cursor.at < stop) {
      const tag = cursor.tag()
      if (tag === head.kind) read(cursor, cursor.delimited(stop), metric, readers[kind])
      else cursor.skip(tag, stop)
    }
  }
}
