import type { Condition, SpanPoints, TimeRange } from '../../store/search.ts'
import type { TaskContext } from '../tasks/task.ts'
import type { Json } from '../views/json.ts'
import { entrySpans } from './entry-spans.ts'

/** Requests by time and duration. */
export interface HeatmapTask extends TimeRange {
  readonly where: Condition
  readonly columns: number
  readonly rows: number
}

/** Spans that are counted at most. */
const SPANS = 500_000
/** Shortest duration that has a row of its own, in milliseconds. Shorter ones are in the first row. */
const SHORTEST_MS = 0.01

/**
 * Counts requests in cells of equal time and of durations that grow by equal factors. A search that matches no request, such as one for
 * calls, has a picture of all its spans.
 */
export async function heatmapView({ reader, timeMs }: TaskContext, task: HeatmapTask): Promise<Json> {
  const deadline = performance.now() + timeMs
  const points = (where: Condition) =>
    reader.spanPoints({ ...task, where, limit: SPANS, timeMs: Math.max(1, deadline - performance.now()) })
  const entries = await points(entrySpans(task.where))
  return heatmapOf(entries.starts.length > 0 ? entries : await points(task.where), task)
}

/** Sorts points into cells. Bounds of rows are nanoseconds as text, one more than rows. */
export function heatmapOf(
  points: SpanPoints,
  { from, to, columns, rows }: Omit<HeatmapTask, 'where'>,
): { readonly [key: string]: Json } {
  const width = (to - from + BigInt(columns) - 1n) / BigInt(columns)
  const [startMs, widthMs] = [Number(from) / 1e6, Number(width) / 1e6]
  const bounds = boundsOf(points.durations, rows)
  const grid = () => Array.from({ length: columns }, () => Array<number>(rows).fill(0))
  const [counts, failed] = [grid(), grid()]
  for (const [at, start] of points.starts.entries()) {
    const column = Math.min(columns - 1, Math.max(0, Math.floor((start - startMs) / widthMs)))
    const row = rowOf(bounds, points.durations[at] ?? 0)
    add(counts[column], row, 1)
    add(failed[column], row, points.failed[at] ?? 0)
  }
  return {
    start: from.toString(),
    width: width.toString(),
    bounds: bounds.map((ms) => String(Math.round(ms * 1e6))),
    counts,
    failed,
    spans: points.starts.length,
    complete: points.complete,
  }
}

function add(cells: number[] | undefined, row: number, count: number): void {
  if (cells !== undefined) cells[row] = (cells[row] ?? 0) + count
}

/** Bounds of rows in milliseconds, from the shortest to the longest duration. */
function boundsOf(durations: Float64Array, rows: number): number[] {
  let least = Infinity
  let most = 0
  for (const duration of durations) {
    const ms = Math.max(SHORTEST_MS, duration)
    if (ms < least) least = ms
    if (ms > most) most = ms
  }
  if (most === 0) [least, most] = [1, 1_000]
  // The longest duration is in the last row, not behind it.
  const factor = Math.max(1.02, ((most * 1.000_001) / least) ** (1 / rows))
  return Array.from({ length: rows + 1 }, (_, row) => least * factor ** row)
}

function rowOf(bounds: readonly number[], duration: number): number {
  const [least = 1, next = 1] = bounds
  if (duration <= least) return 0
  const row = Math.floor(Math.log(duration / least) / Math.log(next / least))
  return Math.min(bounds.length - 2, Math.max(0, row))
}
