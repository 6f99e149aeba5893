import { type ReadonlySignal, useComputed } from '@preact/signals'

import { endOf } from '../charts/geometry.ts'
import type { Exemplar } from '../charts/types.ts'
import { useApp } from '../state/app.ts'
import type { Grid } from '../state/time.ts'
import { useLoaded } from './answer.ts'
import type { Labels } from './series.ts'

interface Found {
  readonly data: ReadonlyArray<{
    readonly seriesLabels: Labels
    readonly exemplars: ReadonlyArray<{
      readonly labels: Labels
      readonly value: string
      readonly timestamp: number
    }>
  }>
}

/** Columns of a chart that have at most two marks each: the slowest trace, and the slowest one that failed. */
const COLUMNS = 48

/** Traces that stand for the values of histograms, in the time of the page. Loaded again with each new moment of the grid. */
export function useExemplars(query: () => string | undefined): ReadonlySignal<readonly Exemplar[]> {
  const { time } = useApp()
  const { answer } = useLoaded((api, aborted) => {
    const grid = time.grid.value
    const text = query()
    if (text === undefined) return undefined
    const params = { query: text, start: grid.start / 1_000, end: endOf(grid) / 1_000 }
    return api
      .get<Found>('/api/v1/query_exemplars', params, aborted)
      .then((found) => exemplarsOf(found, grid))
  })
  return useComputed(() => answer.value.value ?? [])
}

/** Thins exemplars out, so that a chart stays legible: the slowest of each column, and the slowest that failed. */
export function exemplarsOf({ data }: Found, grid: Grid): readonly Exemplar[] {
  const width = (endOf(grid) - grid.start) / COLUMNS || 1
  const kept = new Map<string, Exemplar>()
  for (const { seriesLabels, exemplars } of data) {
    const status = seriesLabels['http_response_status_code'] ?? seriesLabels['status'] ?? ''
    const failed = status.startsWith('5') || seriesLabels['status_code'] === 'STATUS_CODE_ERROR'
    for (const { labels, value, timestamp } of exemplars) {
      const [time, seconds, traceId] = [timestamp * 1_000, Number(value), labels['trace_id']]
      if (traceId === undefined || !Number.isFinite(seconds) || time < grid.start || time > endOf(grid))
        continue
      const column = `${Math.floor((time - grid.start) / width)} ${failed}`
      if ((kept.get(column)?.value ?? -1) >= seconds) continue
      kept.set(column, { time, value: seconds, traceId, spanId: labels['span_id'] ?? '', failed })
    }
  }
  return [...kept.values()]
}
