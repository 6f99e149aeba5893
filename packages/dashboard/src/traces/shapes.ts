import { type Heat, levelOf } from './heat.ts'

/** The densities of cells. */
export const LEVELS = [1, 2, 3, 4, 5, 6]

/** The cells of each level, and the crosses of failures, as paths: thousands of elements would be slow. */
export function shapesOf(
  { counts, failed, most }: Heat,
  { width, height }: { readonly width: number; readonly height: number },
  isPoints: boolean,
): { readonly levels: readonly string[]; readonly crosses: string } {
  const levels = LEVELS.map(() => '')
  let crosses = ''
  for (const [column, cells] of counts.entries()) {
    const [w, h] = [width / counts.length, height / cells.length]
    for (const [row, count] of cells.entries()) {
      if (count === 0) continue
      const [left, top] = [column * w, height - (row + 1) * h]
      const level = isPoints ? 4 : levelOf(count, most)
      if (isPoints)
        levels[level - 1] += `M${r(left + w / 2 - 1.5)} ${r(top + h / 2)}a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0`
      else levels[level - 1] += `M${r(left)} ${r(top)}h${r(w - 0.75)}v${r(h - 0.75)}h${r(0.75 - w)}z`
      if ((failed[column]?.[row] ?? 0) > 0)
        crosses += `M${r(left + w / 2 - 2.5)} ${r(top + h / 2 - 2.5)}l5 5m0-5l-5 5`
    }
  }
  return { levels, crosses }
}

const r = (value: number): string => value.toFixed(1)
