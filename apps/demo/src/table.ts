import { stripVTControlCharacters } from 'node:util'

/** A cell: text aligned left, numbers aligned right. */
export type Cell = string | number | undefined

/** The lines of a table with aligned columns. */
export function tableOf(heads: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string[] {
  const texts = rows.map((row) => row.map(textOf))
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...texts.map((row) => widthOf(row[column] ?? ''))),
  )
  const isNumeric = heads.map((_head, column) => rows.some((row) => typeof row[column] === 'number'))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const fill = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))
        return isNumeric[column] === true ? fill + cell : cell + fill
      })
      .join('   ')
      .trimEnd()
  return [line(heads), ...texts.map(line)]
}

function textOf(cell: Cell): string {
  if (cell === undefined) return '-'
  return typeof cell === 'number' ? cell.toLocaleString('en') : cell
}

/** Colour codes have no width. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
