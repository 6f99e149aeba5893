/** A cell: text aligned left, numbers aligned right with their digits. */
export type Cell = string | Digits

/** A formatted number. */
export interface Digits {
  readonly digits: string
}

/** A number with `behind` decimal places. */
export function digits(value: number, behind = 0): Digits {
  return {
    digits: value.toLocaleString('en', { minimumFractionDigits: behind, maximumFractionDigits: behind }),
  }
}

/** A Markdown table with aligned columns, readable on a terminal as well. */
export function markdownTable(heads: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : cell.digits)))
  const isNumeric = heads.map((_head, i) => rows.some((row) => typeof row[i] === 'object'))
  const widths = heads.map((head, i) => Math.max(3, head.length, ...texts.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, i) => (isNumeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(heads), line(rule), ...texts.map(line)].join('\n')
}
