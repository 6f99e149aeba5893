/** Sorts rows by a value. Rows without one are last in both directions, and equal rows keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => number | string | null | undefined,
  isDescending: boolean,
): readonly Row[] {
  const sign = isDescending ? -1 : 1
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .toSorted(({ value: a }, { value: b }) => {
      if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b))
      if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
      return sign * String(a).localeCompare(String(b), 'en', { numeric: true })
    })
    .map(({ row }) => row)
}

const isMissing = (value: unknown) => value === null || value === undefined || Number.isNaN(value)

/** Rows in an order of before, so that they do not move while they are read. New rows come last. */
export function keptOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  before: readonly string[],
): readonly Row[] {
  const places = new Map(before.map((key, place) => [key, place]))
  return sorted(rows, (row) => places.get(keyOf(row)), false)
}

/** The rows to render of a long list. */
export interface Window {
  readonly first: number
  /** Does not belong to it. */
  readonly last: number
}

/** Rows rendered above and below those that are seen. A multiple of it is the first row: scrolling by a row renders nothing. */
const MARGIN = 16

/**
 * The rows of a list that have to be rendered.
 *
 * @param top Where the list begins in the view: negative pixels when scrolled
 * @param height Pixels of the view
 */
export function windowOf(top: number, height: number, rowHeight: number, count: number): Window {
  const steps = (rows: number) => Math.floor(rows / MARGIN) * MARGIN
  const most = Math.max(0, steps(count - 1))
  const first = Math.min(most, Math.max(0, steps(-top / rowHeight) - MARGIN))
  const last = Math.min(count, Math.max(first + MARGIN, steps((height - top) / rowHeight) + 2 * MARGIN))
  return { first, last }
}
