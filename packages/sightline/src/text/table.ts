/** Rows as columns of equal width, the last one ragged. Columns of numbers are aligned to the right. */
export function table(rows: ReadonlyArray<readonly string[]>): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  const isNumeric = widths.map((_, at) =>
    rows.every((row) => /^[-+\d.,eE]+(?: .s)?$|^[-+]?Inf$|^NaN$|^$/.test(row[at] ?? '')),
  )
  return rows
    .map((row) =>
      row
        .map((cell, at) => {
          if (isNumeric[at]) return cell.padStart(widths[at] ?? 0)
          return at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
