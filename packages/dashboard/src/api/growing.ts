import type { Grid } from '../state/time.ts'
import type { Line, Lines } from './lines.ts'

/** Loads an expression at each moment of a grid. */
export type QueryRange = (query: string, grid: Grid, signal?: AbortSignal) => Promise<Lines>

/** Milliseconds before the end in which values still change: the longest usual time between two exports, and its delay. */
const TAIL = 90_000
/** Milliseconds after which all is loaded again: data may arrive later than that. */
const WHOLE = 120_000

const keyOf = ({ labels }: Line) =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
const endOf = ({ start, step, count }: Grid) => start + (count - 1) * step

/**
 * Loads the lines of an expression again and again while the time goes on: all at first and every two minutes, else only the end, to which
 * the values before are put. The answer is the same object if nothing has changed, so that nothing is drawn again.
 *
 * @param now The time in milliseconds
 */
export function growing(query: QueryRange, now: () => number = Date.now): QueryRange {
  let last: { readonly text: string; readonly lines: Lines; readonly wholeAt: number } | undefined

  return async (text, grid, signal) => {
    const before = last
    const isNear =
      before !== undefined &&
      before.text === text &&
      now() - before.wholeAt < WHOLE &&
      isAfter(grid, before.lines.grid)
    if (!isNear) {
      const lines = await query(text, grid, signal)
      if (signal?.aborted !== true) last = { text, lines, wholeAt: now() }
      return lines
    }
    const from = Math.max(0, Math.floor((endOf(before.lines.grid) - TAIL - grid.start) / grid.step))
    const tail = { start: grid.start + from * grid.step, step: grid.step, count: grid.count - from }
    const { lines } = await query(text, tail, signal)
    const joined = joinedTo(before.lines, lines, grid, from)
    if (signal?.aborted !== true) last = { ...before, lines: joined }
    return joined
  }
}

/** Whether a grid continues another one, and they overlap. */
function isAfter(grid: Grid, before: Grid): boolean {
  return (
    grid.step === before.step &&
    (grid.start - before.start) % grid.step === 0 &&
    grid.start >= before.start &&
    endOf(grid) >= endOf(before) &&
    grid.start < endOf(before)
  )
}

/** Puts lines to the ones before, from a position of the new grid on. */
export function joinedTo(before: Lines, tail: readonly Line[], grid: Grid, from: number): Lines {
  const skipped = (grid.start - before.grid.start) / grid.step
  const added = new Map(tail.map((line) => [keyOf(line), line]))
  const known = new Set<string>()
  let hasChanged = grid.start !== before.grid.start || grid.count !== before.grid.count
  const lines: Line[] = []
  for (const line of before.lines) {
    const key = keyOf(line)
    known.add(key)
    const end = added.get(key)?.values
    const values = Array.from({ length: grid.count }, (_, n) =>
      n < from ? (line.values[n + skipped] ?? null) : (end?.[n - from] ?? null),
    )
    // A series that has left the range is gone.
    if (values.every((value) => value === null)) hasChanged = true
    else lines.push({ labels: line.labels, values })
    hasChanged ||= values.some((value, n) => value !== (line.values[n] ?? null))
  }
  for (const { labels, values } of tail) {
    if (known.has(keyOf({ labels, values }))) continue
    hasChanged = true
    lines.push({ labels, values: [...Array.from<null>({ length: from }).fill(null), ...values] })
  }
  return hasChanged ? { grid, lines } : before
}
