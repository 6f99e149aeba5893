import { type ReadonlySignal, useComputed } from '@preact/signals'

import type { Answer } from '../api/answer.ts'
import type { Labels, Lines } from '../api/series.ts'
import type { Grid } from '../state/time.ts'

/** The label that tells the expressions of one query apart. */
export const FIGURE = 'figure'

/** A text of PromQL. JSON's escapes are among those of Go, which PromQL has. */
export const quoted = (text: string): string => JSON.stringify(text)

/** The window of rates for a step of a chart: no shorter than two exports a minute apart. */
export const windowOf = (step: number): string => `${Math.max(120, Math.round(step / 1_000))}s`

/** Several expressions as one, so that all of their lines come with one answer. Those that are `undefined` are left out. */
export function together(expressions: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(expressions)
    .flatMap(([figure, text]) =>
      text === undefined ? [] : `label_replace(${text}, "${FIGURE}", "${figure}", "", "")`,
    )
    .join(' or ')
}

/** The lines of one of the expressions of `together`. */
export function partOf(lines: Lines, figure: string): Lines {
  const ofFigure = (all: Lines['lines']) => all.filter(({ labels }) => labels[FIGURE] === figure)
  return {
    ...lines,
    lines: ofFigure(lines.lines),
    ...(lines.before === undefined ? {} : { before: ofFigure(lines.before) }),
  }
}

/** Values by figure and by the name of the thing that they are of. */
export interface Values {
  readonly grid: Grid | undefined
  /** The values on the grid. `undefined` if there are none. */
  of(figure: string, key: string): ReadonlyArray<number | null> | undefined
}

/** The values of expressions that were asked for together. */
export function useValues(
  answer: ReadonlySignal<Answer<Lines>>,
  keyOf: (labels: Labels) => string,
): ReadonlySignal<Values> {
  const lines = useComputed(() => answer.value.value)
  return useComputed(() => {
    const all = new Map(
      (lines.value?.lines ?? []).map(({ labels, values }) => [`${labels[FIGURE]} ${keyOf(labels)}`, values]),
    )
    return { grid: lines.value?.grid, of: (figure, key) => all.get(`${figure} ${key}`) }
  })
}
