import type { MetricColumns } from '@sightline/otlp'

import type { SeriesWriter } from '../../store/samples.ts'
import { labelsOfAttributes } from './naming/labels.ts'

/** Writes the exemplars of a point. `seriesFor` finds the series of a value: the bucket that has counted it. */
export function writeExemplars(
  writer: SeriesWriter,
  { exemplars, times, sets }: MetricColumns,
  row: number,
  seriesFor: (value: number) => number | undefined,
): void {
  const end = exemplars.offsets[row + 1] ?? 0
  for (let index = exemplars.offsets[row] ?? 0; index < end; index++) {
    const value = exemplars.values[index] ?? 0
    const series = seriesFor(value)
    if (series === undefined) continue
    const traceId = hexOf(exemplars.traceIds, index, 16)
    const spanId = hexOf(exemplars.spanIds, index, 8)
    const attributes = sets[exemplars.sets[index] ?? 0]
    writer.exemplar(series, {
      value,
      time: exemplars.times.ms[index] || (times.ms[row] ?? 0),
      labels: {
        ...(attributes !== undefined && labelsOfAttributes(attributes)),
        ...(traceId !== '' && { trace_id: traceId }),
        ...(spanId !== '' && { span_id: spanId }),
      },
    })
  }
}

/** An id as hex; empty where all its bytes are zero. */
function hexOf(ids: Uint8Array, index: number, length: number): string {
  const id = ids.subarray(index * length, (index + 1) * length)
  return id.every((byte) => byte === 0)
    ? ''
    : Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex')
}
