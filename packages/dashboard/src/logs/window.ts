/** The rows of a list that are drawn, and the space before and behind them. */
export interface Part {
  readonly first: number
  /** Behind the last one. */
  readonly end: number
  /** Pixels of the rows that are not drawn. */
  readonly before: number
  readonly after: number
}

/** A list of rows of one height, one of which may be opened and is higher. */
export interface Heights {
  readonly count: number
  /** Pixels of a row. */
  readonly row: number
  /** The opened row, and the pixels it has besides those of a row. */
  readonly opened?: { readonly index: number; readonly more: number } | undefined
}

/** Pixels above a row. */
export const topOf = ({ row, opened }: Heights, index: number): number =>
  index * row + (opened !== undefined && opened.index < index ? opened.more : 0)

/** The row at a distance from the top, in pixels. */
export function rowAt({ count, row, opened }: Heights, y: number): number {
  const plain = Math.floor(y / row)
  const index =
    opened === undefined || plain <= opened.index
      ? plain
      : Math.max(opened.index, Math.floor((y - opened.more) / row))
  return Math.max(0, Math.min(count - 1, index))
}

/**
 * The rows to draw for a position of the scroll bar, with some more on both sides.
 *
 * @param y Pixels scrolled
 * @param height Pixels that are seen
 */
export function partOf(heights: Heights, y: number, height: number): Part {
  const { count, row, opened } = heights
  if (count === 0) return { first: 0, end: 0, before: 0, after: 0 }
  const over = 12
  // Steps of some rows, so that not every pixel of scrolling draws anew.
  const first = Math.max(0, Math.floor((rowAt(heights, y) - over) / 8) * 8)
  const end = Math.min(count, Math.ceil((rowAt(heights, y + height) + over) / 8) * 8)
  const total = count * row + (opened === undefined ? 0 : opened.more)
  return { first, end, before: topOf(heights, first), after: Math.max(0, total - topOf(heights, end)) }
}

/** Where to scroll so that a row is in sight, with some room below it: not at all where it is. */
export function yOf(heights: Heights, index: number, y: number, height: number): number {
  const top = topOf(heights, index)
  if (top < y) return top
  return top + heights.row * 2 > y + height ? top + heights.row * 3 - height : y
}
